-- Logical time of a wallet's last transaction that its key made and the book knows nothing of. Nothing is signed until a person has looked.

ALTER TABLE wallets ADD COLUMN stopped_lt INTEGER;
