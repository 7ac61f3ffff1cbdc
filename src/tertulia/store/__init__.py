"""The only SQL. `schema/` the tables, `engine/` the two databases, one file of queries per noun beside this one."""
