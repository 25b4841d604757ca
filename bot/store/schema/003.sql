-- Kept free for the sealing of columns.
SELECT 1;
