-- Rises each time that another server goes on with a stream: `node` is the one with the highest claim, and no other writes.
ALTER TABLE streams ADD COLUMN claim bigint NOT NULL DEFAULT 0 CONSTRAINT streams_claim CHECK (claim >= 0);
