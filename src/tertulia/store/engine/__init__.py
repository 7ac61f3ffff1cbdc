"""The two databases behind one protocol: compiled queries, transactions, mappers from rows to records."""

from tertulia.store.engine.base import Database, Tx
from tertulia.store.engine.mapping import Mapper
from tertulia.store.engine.query import Query, among, hidden, insert_query, parameter, query, upsert_query

__all__ = ["Database", "Mapper", "Query", "Tx", "among", "hidden", "insert_query", "parameter", "query", "upsert_query"]
