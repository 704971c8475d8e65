-- +goose Up
-- The figures boards watch.

-- The day somebody reaches an age: born on 29 February, on 1 March of a common year.
-- +goose StatementBegin
create function birthday(born date, age integer) returns date language sql immutable parallel safe as $$
	select cast(born + make_interval(years => age) as date)
		+ case when extract(month from born) = 2 and extract(day from born) = 29 and extract(day from born + make_interval(years => age)) = 28 then 1 else 0 end
$$;
-- +goose StatementEnd

-- Who reaches an age in a period, who was referred in one, and who costs more than a sum.
create index cases_by_birth on cases (date_of_birth) where merged_into is null;
create index cases_by_referral on cases (referred_on) where merged_into is null and referred_on is not null;
create index cases_by_assessment on cases (care_act_assessed_on) where merged_into is null and care_act_assessed_on is not null;
create index cases_by_cost on cases (weekly_cost_pence) where merged_into is null and weekly_cost_pence is not null;
create index agenda_item_by_request on agenda_item (request_id) where request_id is not null;
create index letter_by_due on letter (forum_id, due_on) where state <> 'set_aside';

-- What a measure said at the beginning of a month, for the trends: counts and sums, and nobody's name. Only
-- figures of the same forums are compared.
create table measure_snapshot (
	forums    text not null, -- ids, sorted, with commas
	month     date not null check (extract(day from month) = 1),
	measure   text not null,
	as_at     date not null,
	content   jsonb not null,
	taken_at  timestamptz not null,
	primary key (forums, measure, month)
);
create trigger measure_snapshot_kept before update or delete on measure_snapshot for each row execute function kept_as_written();

-- +goose Down
drop table measure_snapshot;
drop index letter_by_due, agenda_item_by_request, cases_by_cost, cases_by_assessment, cases_by_referral, cases_by_birth;
drop function birthday;
