-- What everybody from 14 to 25 costs a week: the share of each payer, what no payer is named for, and transport.
select c.id, c.id as case_id, p.row, '' as label, 0 as part, p.pence as amount, cast(null as date) as day
from (@cases) c
cross join lateral (values
	('asc', coalesce(c.asc_weekly_pence, 0)), ('csc', coalesce(c.csc_weekly_pence, 0)),
	('education', coalesce(c.education_weekly_pence, 0)), ('health', coalesce(c.health_weekly_pence, 0)),
	('unsplit', coalesce(c.weekly_cost_pence, 0) - coalesce(c.asc_weekly_pence, 0) - coalesce(c.csc_weekly_pence, 0) - coalesce(c.education_weekly_pence, 0) - coalesce(c.health_weekly_pence, 0)),
	('transport', coalesce(c.transport_weekly_pence, 0))) p(row, pence)
where p.pence <> 0 and c.date_of_birth > @born_after and c.date_of_birth <= @born_by
	and coalesce(c.died_on > @today, true) and coalesce(c.moved_away_on > @today, true)
