-- Who is under 18 and costs more than the sum a year, by age.
select c.id, c.id as case_id, case when y.years < 14 then '0' else cast(y.years as text) end as row, '' as label,
	0 as part, c.weekly_cost_pence as amount, cast(null as date) as day
from (@cases) c
cross join lateral (select extract(year from age(cast(@today as timestamp), cast(c.date_of_birth as timestamp))) as years) y
where c.weekly_cost_pence > @weekly_over and c.date_of_birth > @born_after
	and coalesce(c.died_on > @today, true) and coalesce(c.moved_away_on > @today, true)
