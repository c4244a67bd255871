-- Who did what, written in the transaction that did it.
CREATE TABLE audit (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor_kind    text        NOT NULL CONSTRAINT audit_actor_known
                              CHECK (actor_kind IN ('system', 'token', 'local', 'publisher')),
    actor_id      text        NOT NULL,
    actor_label   text        NOT NULL,
    actor_address text        NOT NULL,
    action        text        NOT NULL CONSTRAINT audit_action_form CHECK (action ~ '^[a-z][a-z-]{1,63}$'),
    subject_kind  text        NOT NULL,
    subject_id    text        NOT NULL,
    details       jsonb       NOT NULL CONSTRAINT audit_details_object CHECK (jsonb_typeof(details) = 'object')
);

CREATE INDEX audit_of_subject ON audit (subject_kind, subject_id, id);
CREATE INDEX audit_of_actor ON audit (actor_id, id);

-- What happened to streams, in order, for whoever is told of it later: attributes of CloudEvents 1.0.
CREATE TABLE outbox (
    sequence     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           uuid        NOT NULL CONSTRAINT outbox_id_unique UNIQUE,
    type         text        NOT NULL,
    subject      text        NOT NULL, -- the stream
    time         timestamptz NOT NULL,
    data         jsonb       NOT NULL CONSTRAINT outbox_data_object CHECK (jsonb_typeof(data) = 'object'),
    published_at timestamptz
);

CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE published_at IS NULL;
CREATE INDEX outbox_by_time ON outbox (time);
