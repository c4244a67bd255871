-- Rows that point to a key or a channel that is deleted: without these each deletion reads the whole table.
DROP INDEX streams_of_key;
CREATE INDEX streams_of_key ON streams (stream_key_id);
CREATE INDEX tokens_of_channel ON tokens (channel_id);

-- What is not over, in the order of lists, however long the history is.
CREATE INDEX streams_not_over ON streams (created_at, id) WHERE ended_at IS NULL;
CREATE INDEX audit_of_action ON audit (action, id);
