-- The tables of the PostgreSQL store, version 1.
--
-- A world is a row of tempolor_worlds with a version that each transaction raises by one; every record of it says which
-- version wrote it. So whoever knows a world as of one version is told of the changes since then, and a transaction
-- writes what it changed only where nobody else has written meanwhile. Each of the two is one call of a function, which
-- is a transaction of its own: no lock outlives a statement, whatever becomes of the mock that sent it.
--
-- The functions carry the version of the tables in their names: a mock whose tables were migrated by a newer one finds
-- its functions gone, and can do no harm.

CREATE TABLE tempolor_layout (version integer NOT NULL);

INSERT INTO tempolor_layout VALUES (1);

-- Whoever knows a version before floor must read the world anew; forgotten counts the deleted records whose rows are
-- still there. busy says that a job runs or a callback is still to be sent, and due_ms at which real moment somebody
-- should look after that. Milliseconds since 1970.
CREATE TABLE tempolor_worlds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token text NOT NULL UNIQUE,
    handle text NOT NULL UNIQUE,
    version bigint NOT NULL DEFAULT 1,
    floor bigint NOT NULL DEFAULT 0,
    forgotten integer NOT NULL DEFAULT 0,
    state text NOT NULL,
    bytes bigint NOT NULL,
    busy boolean NOT NULL,
    due_ms bigint,
    used_ms bigint NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX tempolor_worlds_by_use ON tempolor_worlds (used_ms, id);

CREATE INDEX tempolor_busy_worlds ON tempolor_worlds (id) WHERE busy;

-- Accounts, jobs, callbacks, MIDI files, voices, fault rules, and the sizes of uploads; deleted ones are NULL.
CREATE TABLE tempolor_records (
    world bigint NOT NULL REFERENCES tempolor_worlds ON DELETE CASCADE,
    kind text NOT NULL,
    key text NOT NULL,
    version bigint NOT NULL,
    record text,
    PRIMARY KEY (world, kind, key)
);

CREATE INDEX tempolor_records_by_version ON tempolor_records (world, version);

CREATE TABLE tempolor_blobs (
    world bigint NOT NULL REFERENCES tempolor_worlds ON DELETE CASCADE,
    name text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (world, name)
);

-- Sounds are not worth compressing.
ALTER TABLE tempolor_blobs ALTER COLUMN content SET STORAGE EXTERNAL;

-- How many worlds there are and how many bytes they keep: adding that up would cost as much as there are, and in one
-- row worlds would wait for each other.
CREATE TABLE tempolor_totals (slot integer PRIMARY KEY, worlds bigint NOT NULL, bytes bigint NOT NULL);

INSERT INTO tempolor_totals SELECT slot, 0, 0 FROM generate_series(0, 15) AS slot;

CREATE FUNCTION tempolor_count_world() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE tempolor_totals SET worlds = worlds + 1, bytes = bytes + NEW.bytes WHERE slot = NEW.id % 16;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE tempolor_totals SET worlds = worlds - 1, bytes = bytes - OLD.bytes WHERE slot = OLD.id % 16;
    ELSE
        UPDATE tempolor_totals SET bytes = bytes + NEW.bytes - OLD.bytes WHERE slot = NEW.id % 16;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tempolor_world_comes_or_goes AFTER INSERT OR DELETE ON tempolor_worlds
FOR EACH ROW EXECUTE FUNCTION tempolor_count_world();

CREATE TRIGGER tempolor_world_grows AFTER UPDATE OF bytes ON tempolor_worlds
FOR EACH ROW WHEN (OLD.bytes <> NEW.bytes) EXECUTE FUNCTION tempolor_count_world();

-- Shows a world to whoever knows one version of it: first a row that says what the others are, all there is or the
-- changes since, whose record is the world's state; then records.
CREATE FUNCTION tempolor_changes_1(_token text, _world bigint, _version bigint) RETURNS TABLE (kind text, key text, version bigint, record text, world bigint, used_ms bigint)
LANGUAGE sql STABLE AS $$
    WITH found AS MATERIALIZED (
        SELECT *, CASE WHEN id = _world AND floor <= _version THEN _version ELSE -1 END AS since
        FROM tempolor_worlds WHERE token = _token
    )
    SELECT CASE WHEN since < 0 THEN 'all' ELSE 'changes' END, NULL, version, state, id, used_ms FROM found
    UNION ALL
    SELECT each.kind, each.key, each.version, each.record, NULL, NULL
    FROM found JOIN tempolor_records AS each ON each.world = found.id AND each.version > found.since
    WHERE each.record IS NOT NULL OR found.since >= 0
$$;

-- Writes a world's next version, in place of the one that is named; 0 is for one that is not there yet. Whoever comes
-- second waits for the row, finds it changed, and is shown the changes.
CREATE FUNCTION tempolor_write_1(
    _token text, _handle text, _world bigint, _version bigint, _state text, _bytes bigint, _busy boolean,
    _due_ms bigint, _used_ms bigint, _cleared boolean, _kinds text[], _keys text[], _records text[],
    _names text[], _sizes text[], _contents bytea
) RETURNS TABLE (kind text, key text, version bigint, record text, world bigint, used_ms bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    _id bigint;
    _new bigint := _version + 1;
    _gone integer := cardinality(array_positions(_records, NULL));
    _all_gone integer;
    _place integer := 1;
BEGIN
    IF _world = 0 THEN
        INSERT INTO tempolor_worlds (token, handle, version, state, bytes, busy, due_ms, used_ms)
        VALUES (_token, _handle, _new, _state, _bytes, _busy, _due_ms, _used_ms)
        ON CONFLICT (token) DO NOTHING RETURNING id, forgotten INTO _id, _all_gone;
    ELSE
        UPDATE tempolor_worlds SET version = _new, state = _state, bytes = _bytes, busy = _busy, due_ms = _due_ms,
            floor = CASE WHEN _cleared OR forgotten + _gone > 1000 THEN _new ELSE floor END,
            forgotten = CASE WHEN _cleared THEN 0 ELSE forgotten END + _gone
        WHERE id = _world AND version = _version RETURNING id, forgotten INTO _id, _all_gone;
    END IF;
    IF _id IS NULL THEN
        RETURN QUERY SELECT * FROM tempolor_changes_1(_token, _world, _version);
        RETURN;
    END IF;
    IF _cleared AND _world > 0 THEN
        DELETE FROM tempolor_records WHERE world = _id;
        DELETE FROM tempolor_blobs WHERE world = _id;
    END IF;
    IF cardinality(_kinds) > 0 THEN
        INSERT INTO tempolor_records (world, kind, key, version, record)
        SELECT _id, each.kind, each.key, _new, each.record
        FROM unnest(_kinds, _keys, _records) AS each (kind, key, record)
        ON CONFLICT (world, kind, key) DO UPDATE SET version = EXCLUDED.version, record = EXCLUDED.record;
    END IF;
    FOR _n IN 1 .. cardinality(_names) LOOP
        INSERT INTO tempolor_blobs (world, name, content)
        VALUES (_id, _names[_n], substring(_contents FROM _place FOR _sizes[_n]::integer))
        ON CONFLICT (world, name) DO UPDATE SET content = EXCLUDED.content;
        _place := _place + _sizes[_n]::integer;
    END LOOP;
    IF _gone > 0 THEN
        DELETE FROM tempolor_blobs WHERE world = _id AND name IN (
            SELECT each.key FROM unnest(_kinds, _keys, _records) AS each (kind, key, record)
            WHERE each.kind = 'blob' AND each.record IS NULL
        );
    END IF;
    IF _all_gone > 1000 THEN
        DELETE FROM tempolor_records WHERE world = _id AND record IS NULL;
        UPDATE tempolor_worlds SET forgotten = 0 WHERE id = _id;
    END IF;
    RETURN QUERY SELECT 'written', NULL::text, _new, NULL::text, _id, NULL::bigint;
END $$;

-- Deletes the worlds that were not used for longest, where there are too many or too large. Worlds in use are passed
-- over: nobody is waited for but those who delete many worlds as well.
CREATE FUNCTION tempolor_drop_1(_latest text, _most_worlds bigint, _most_bytes bigint) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    _doomed bigint;
    _token text;
BEGIN
    IF NOT EXISTS (
        SELECT FROM tempolor_totals HAVING sum(worlds) > _most_worlds OR sum(bytes) > _most_bytes
    ) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(1414548562);
    WHILE EXISTS (
        SELECT FROM tempolor_totals HAVING sum(worlds) > _most_worlds OR sum(bytes) > _most_bytes
    ) LOOP
        SELECT id INTO _doomed FROM tempolor_worlds WHERE token <> _latest ORDER BY used_ms, id LIMIT 1
        FOR UPDATE SKIP LOCKED;
        EXIT WHEN _doomed IS NULL;
        DELETE FROM tempolor_worlds WHERE id = _doomed RETURNING token INTO _token;
        RETURN NEXT _token;
    END LOOP;
END $$;

-- Deletes one world, or all.
CREATE FUNCTION tempolor_reset_1(_token text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    _count bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(1414548562);
    DELETE FROM tempolor_worlds WHERE _token IS NULL OR token = _token;
    GET DIAGNOSTICS _count = ROW_COUNT;
    RETURN _count;
END $$;

-- The journal (`journal/shelf.py`): what each world was asked. It knows worlds by their tokens and survives none of
-- them by a constraint: requests are written behind their answers, when a world may be gone already.
CREATE TABLE tempolor_journals (
    token text PRIMARY KEY,
    last bigint NOT NULL,
    kept bigint NOT NULL,
    bytes bigint NOT NULL,
    dropped bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE tempolor_requests (
    token text NOT NULL,
    number bigint NOT NULL,
    size bigint NOT NULL,
    operation_id text,
    method text NOT NULL,
    status integer NOT NULL,
    path text NOT NULL,
    jobs text NOT NULL,
    facts text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (token, number)
);
