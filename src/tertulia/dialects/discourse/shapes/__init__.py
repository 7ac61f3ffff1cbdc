"""The JSON that goes out, by area: each shape is made of a view by `of`, and decides every field."""
