"""The JSON that goes out, by subject: structs with the wire's own names, made of views by `of`.

Pure: no permission is asked, nothing is read, no clock. What the views lack is gathered in `gathering.py`.
"""
