"""What is kept beside the HTML of posts: one-boxes, forms for pages, which posts are cooked by older rules."""
