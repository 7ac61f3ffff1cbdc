"""Queries whose form depends on what is asked: lists of topics, lists of posts, streams. Each form is compiled once."""
