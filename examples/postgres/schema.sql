-- The latest version of each record.
CREATE TABLE price (
    id text PRIMARY KEY,
    price numeric NOT NULL
);

-- Every version. Of two rows with the same id, the one with the higher number came later.
CREATE TABLE price_history (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL,
    price numeric NOT NULL,
    request text NOT NULL
);

-- The requests that are stored, so that none is stored twice.
CREATE TABLE request (
    idempotency_key text PRIMARY KEY,
    stored_at timestamptz NOT NULL DEFAULT now()
);
