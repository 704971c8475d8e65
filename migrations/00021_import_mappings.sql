-- +goose Up
-- What was said of a tracker's layout, so that it need not be said again.

-- Which column is which in an import's file. Once the import is confirmed it serves the next file with the
-- same headings, in whatever order.
create table tracker_mapping (
	import_id    uuid primary key references tracker_import on delete cascade,
	signature    text not null,    -- digest of the headings
	sheet        text not null,    -- '' for CSV
	heading_row  integer not null,
	columns      jsonb not null,   -- [{"letter", "heading", "field"}]; field "" is ignored
	follows      uuid references tracker_import on delete set null, -- the import whose mapping it is once more
	chosen_by    uuid references person, -- null: the command line
	chosen_at    timestamptz not null    -- of the first import that was matched so
);
create index tracker_mapping_by_signature on tracker_mapping (signature);
create index tracker_mapping_by_sheet on tracker_mapping (sheet, heading_row);

-- What a word of an import's file means: said once, whatever the layout.
create table tracker_word (
	import_id  uuid not null references tracker_import on delete cascade,
	field      text not null,
	said       text not null, -- in small letters
	means      text not null, -- '' for Not known
	primary key (import_id, field, said)
);

-- The words of an import's file that nobody would understand, found by going through it once its columns
-- were matched: the page that asks about them does not read the file.
create table tracker_import_word (
	import_id  uuid not null references tracker_import on delete cascade,
	position   integer not null, -- in the order they are asked about
	field      text not null,
	heading    text not null,
	value      text not null,
	count      integer not null, -- of rows
	primary key (import_id, position)
);
