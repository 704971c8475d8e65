-- +goose Up
-- That a digest's members are being told, and the chart that travels inside the message: drawn before, once.

create table digest_telling (
	digest_id  uuid primary key references digest,
	picture    bytea, -- PNG; null: nothing to draw, or nothing here to draw it with
	alt        text not null default '',
	told_at    timestamptz not null
);

-- +goose Down
drop table digest_telling;
