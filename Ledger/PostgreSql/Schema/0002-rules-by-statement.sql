-- The rules of transactions and their legs, asked once for all rows of a statement and no more once for each: a group of holds is written by one.

DROP TRIGGER transactions_balance ON transactions;
DROP FUNCTION transactions_balance();
DROP TRIGGER entries_sealed ON entries;
DROP FUNCTION entries_sealed();

CREATE FUNCTION transactions_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a JOIN entries e ON e.transaction_id = a.transaction_id GROUP BY e.transaction_id HAVING sum(e.amount) <> 0) THEN
        RAISE EXCEPTION 'the legs of a transaction do not sum to zero' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transactions_balance AFTER INSERT ON transactions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION transactions_balance();

CREATE FUNCTION entries_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a JOIN transactions t ON t.transaction_id = a.transaction_id) THEN
        RAISE EXCEPTION 'a sealed transaction takes no more legs' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_sealed AFTER INSERT ON entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_sealed();
