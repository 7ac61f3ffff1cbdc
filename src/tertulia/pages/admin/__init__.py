"""Screens for staff: the dashboard and reports."""
