-- +goose Up
-- Who passed what on to whom when they left a seat, or the partnership. Rows are never changed: the
-- earliest owner of a thing is the one its meeting minuted.

create table handover (
	id        uuid primary key,
	from_id   uuid not null references person,
	forum_id  uuid references forum, -- null: on every forum, because they left the partnership
	at        timestamptz not null,
	by_id     uuid references person -- null: the product itself
);

create table handover_thing (
	handover_id  uuid not null references handover,
	kind         text not null,
	thing_id     uuid not null,
	forum_id     uuid not null references forum,
	to_id        uuid references person, -- null: they keep it
	reason       text not null default '', -- why they keep it
	primary key (handover_id, kind, thing_id),
	check ((to_id is null) = (reason <> ''))
);
create index handover_thing_by_thing on handover_thing (kind, thing_id, handover_id);
revoke update, delete on handover, handover_thing from quorate_app;

-- +goose Down
drop table handover_thing, handover;
