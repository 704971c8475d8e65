-- +goose Up
-- A database with a row here belongs to the demo: everybody in it is fictional.

create table demo (
	one         boolean primary key default true check (one),
	started_at  timestamptz not null,
	loaded_at   timestamptz -- the partnership is complete
);

create table demo_card (
	position   integer primary key,
	person_id  uuid not null references person,
	role       text not null,
	does       text not null
);

-- +goose Down
drop table demo_card, demo;
