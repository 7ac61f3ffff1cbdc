"""What a topic itself must be and who may change it: asked by services of topics and of posts, imports neither."""
