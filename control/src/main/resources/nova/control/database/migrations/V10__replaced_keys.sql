-- The key that was made in place of this one; it may be gone by now.
ALTER TABLE stream_keys ADD COLUMN replaced_by uuid;
