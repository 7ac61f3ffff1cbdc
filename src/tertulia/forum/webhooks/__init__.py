"""Webhooks: other servers are told what happens. Deliveries are put by a consumer of the event log, sent by jobs."""
