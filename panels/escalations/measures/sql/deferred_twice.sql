-- What was deferred twice or more in the period, at the same forum: each case, or request without a case, once.
select coalesce(d.about, d.request_id) as id, d.about as case_id, case when d.times > 3 then '4' else cast(d.times as text) end as row, '' as label,
	0 as part, d.times as amount, d.latest as day, '/decisions/' || d.last_id as leads
from (
	select standing_case(d.case_id) as about, case when d.case_id is null then d.request_id end as request_id, d.forum_id,
		count(*) as times, cast(max(d.confirmed_at) at time zone 'Europe/London' as date) as latest,
		(array_agg(d.id order by d.confirmed_at desc))[1] as last_id
	from decision d
	where d.outcome = 'deferred' and d.forum_id in @forums and d.confirmed_at >= @from_instant and d.confirmed_at < @to_instant
	group by 1, 2, 3
	having count(*) > 1
) d
left join cases c on c.id = d.about
where coalesce(c.died_on > @today, true) and coalesce(c.moved_away_on > @today, true)
