-- +goose Up
-- What is attached to agenda items and funding requests. The files themselves are kept elsewhere, under file_key.

create table paper (
	id                uuid primary key,
	version           integer not null default 1,
	item_id           uuid references agenda_item,
	request_id        uuid references funding_request,
	state             text not null default 'arriving' check (state in ('arriving', 'kept', 'withdrawn')),
	name              text not null,              -- as people see it: "Assessment.pdf"
	kind              text not null check (kind in ('pdf', 'word', 'excel', 'image')),
	media_type        text not null,              -- by its content
	bytes             bigint not null check (bytes > 0),
	digest            bytea not null,             -- SHA-256 of the content
	file_key          text not null,              -- '': the file itself is gone
	scanned           boolean not null,           -- a virus scanner looked at it
	late_reason       text not null default '',   -- came after papers were due, and why
	added_by          uuid not null references person,
	added_at          timestamptz not null,
	withdrawn_by      uuid references person,
	withdrawn_at      timestamptz,
	withdrawn_reason  text not null default '',
	check ((item_id is null) <> (request_id is null)),
	check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index paper_by_item on paper (item_id, added_at) where item_id is not null;
create index paper_by_request on paper (request_id, added_at) where request_id is not null;

-- +goose Down
drop table paper;
