package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// largeTracker is how many people the tracker of the large figures holds beside the demo's: 100,000 in
// the demo's three localities. Nearly everything is on record of nearly everybody, as it is where
// meetings have met for years, so that a locality's meeting lists what a meeting can hear.
const largeTracker = 100_000

// fillTracker puts the people in, and has all rules judge them, unless they are there.
func (h *house) fillTracker(ctx context.Context) error {
	err := h.db.Write(ctx, access.System("bench"), func(tx db.Tx) error {
		var held int64
		if err := tx.Raw(`select count(*) from cases`).Scan(&held).Error; err != nil || held >= largeTracker {
			return err
		}
		first := clock.DateOf(tx.Now)
		known, zero := first.AddDays(-300).String(), int64(0)
		localities := []string{"North", "Central", "South"}
		columns := []string{"id", "number", "alias", "person_reference", "forename", "surname", "date_of_birth", "locality", "referred_on", "allocated_worker",
			"care_act_assessed_on", "support_plan_on", "pathway_plan_on", "chc_checklist_on", "chc_decision", "weekly_cost_pence", "health_weekly_pence", "created_at", "updated_at"}
		return tx.Copy("cases", columns, func(yield func([]any, error) bool) {
			day, err := time.Parse(time.DateOnly, known)
			for i := range largeTracker {
				age := 14*365 + (i*37)%(11*365) // from 14 to 25
				born := first.AddDays(-age)
				assessed, plan := any(day), any(day)
				if i%1500 == 0 {
					plan = nil
				}
				if i%1500 == 1 {
					assessed = nil
				}
				name := fmt.Sprintf("large-%d", i)
				if !yield([]any{uuid.Must(uuid.NewV7()), int64(1_000_000 + i), name, name, "Large", name, time.Date(born.Year, born.Month, born.Day, 0, 0, 0, 0, time.UTC),
					localities[i%3], day, "R. Hale", assessed, plan, day, day, "Not eligible", zero, zero, tx.Now, tx.Now}, err) {
					return
				}
			}
		})
	})
	if err != nil {
		return err
	}
	return agendas.Store{DB: h.db}.RefreshFindings(ctx)
}

// agenda100k is the building of a locality meeting's agenda, whole, from a tracker of 100,000. The bare
// side is one statement written by hand: it selects whom the rules list from a table of the same cases
// with an index made for each rule, and keeps the same lines durably. What the product does beside is
// everything a build is: locks, terms, what is due, comparing with the draft, the audit.
func agenda100k(ctx context.Context, h *house) (figure, error) {
	f := figure{name: "agenda-100k", target: 3}
	if err := h.fillTracker(ctx); err != nil {
		return f, err
	}
	meetings, actors, err := unbuilt(ctx, h, 14)
	if err != nil {
		return f, err
	}
	bare, err := h.bareTable(ctx, "cases")
	if err != nil {
		return f, err
	}
	defer bare.Close(context.WithoutCancel(ctx))
	if _, err := bare.Exec(ctx, bareTracker); err != nil {
		return f, err
	}
	store := agendas.Store{DB: h.db}
	for n, m := range meetings {
		began := time.Now()
		built, err := store.BuildAgenda(ctx, actors[m.ForumID], m.ID)
		took := time.Since(began)
		if err != nil {
			return f, err
		}
		times, err := twice(func() (time.Duration, error) {
			return selectLines(ctx, bare, m.ID, clock.DateOf(m.StartsAt), built.Added)
		})
		if err != nil {
			return f, err
		}
		if n >= 2 {
			f.product, f.bare, f.again = append(f.product, took), append(f.bare, times[0]), append(f.again, times[1])
		}
	}
	return f, nil
}

// bareTracker is the same cases with the best index for each rule: of the locality, by birthday, and
// holding only those who lack what the rule asks for.
const bareTracker = `
	create table bare.agenda_large (like agenda_item including all);
	insert into bare.cases select * from cases;
	create index on bare.cases (locality, date_of_birth) where referred_on is null;
	create index on bare.cases (locality, referred_on) where allocated_worker = '';
	create index on bare.cases (locality, date_of_birth) where care_act_assessed_on is null;
	create index on bare.cases (locality, date_of_birth) where support_plan_on is null;
	create index on bare.cases (locality, date_of_birth) where health_weekly_pence > 0;
	create index on bare.cases (locality, date_of_birth) where pathway_plan_on is null and legal_status <> '';
	create index on bare.cases (locality, date_of_birth) where weekly_cost_pence * 52 > 5000000;
	analyze bare.cases`

// selectLines selects whom the rules list on the day of a meeting, in SQL, and keeps the meeting's
// lines about them: as many as the product put there, or the two do not do the same.
func selectLines(ctx context.Context, conn *pgx.Conn, meeting uuid.UUID, on clock.Date, lines int) (time.Duration, error) {
	if _, err := conn.Exec(ctx, `truncate bare.agenda_large`); err != nil {
		return 0, err
	}
	values := []any{meeting, midnight(on)}
	for _, age := range []struct{ months, notice int }{{14 * 12, 0}, {26 * 12, 0}, {198, 0}, {210, 90}, {216, 120}, {210, 0}, {192, 0}, {216, 0}} {
		values = append(values, midnight(bornBy(on, age.months, age.notice)))
	}
	began := time.Now()
	kept, err := conn.Exec(ctx, `
		with here as (select f.id, f.locality from forum f join meeting m on m.forum_id = f.id where m.id = $1),
		listed as (
			select c.id from bare.cases c, here where c.locality = here.locality and c.referred_on is null and c.consent_refused is not true
				and c.date_of_birth <= least($3::date, $5) and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.allocated_worker = '' and c.referred_on <= $2::date - 28
				and c.consent_refused is not true and c.date_of_birth <= $3 and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.care_act_assessed_on is null and c.consent_refused is not true
				and c.date_of_birth <= $6::date and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.support_plan_on is null and c.consent_refused is not true
				and c.date_of_birth <= $7::date and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.health_weekly_pence > 0 and c.chc_checklist_on is null
				and c.chc_decision = '' and c.consent_refused is not true and c.date_of_birth <= $5 and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.health_weekly_pence > 0
				and (c.chc_decision = '' or c.chc_decision ~* '\m(pending|awaiting|deferred|not decided)\M') and c.consent_refused is not true
				and c.date_of_birth <= $8::date and c.date_of_birth > $4
			union select c.id from bare.cases c, here where c.locality = here.locality and c.pathway_plan_on is null and c.legal_status <> ''
				and c.legal_status ~* '\m(section 20|s20|section 31|s31|section 38|s38|looked after|lac|cla|care order|accommodated)\M'
				and c.date_of_birth <= $9::date and c.date_of_birth > $10::date
			union select c.id from bare.cases c, here where c.locality = here.locality and c.weekly_cost_pence * 52 > 5000000
				and c.date_of_birth <= $3 and c.date_of_birth > $10
			union select d.case_id from due d, here where d.forum_id = here.id and d.done_at is null and d.due_on <= $2::date
		)
		insert into bare.agenda_large select i.* from agenda_item i
		where i.meeting_id = $1 and (i.kind <> 'case' or i.case_id in (select id from listed))`, values...)
	took := time.Since(began)
	if err == nil && kept.RowsAffected() != int64(lines) {
		err = fmt.Errorf("the statement kept %d of %d lines", kept.RowsAffected(), lines)
	}
	return took, err
}

// bornBy is the latest birthday with which an age was reached by a day, or will be after some notice.
func bornBy(on clock.Date, months, notice int) clock.Date {
	born := on.AddMonths(-months).AddDays(notice + 5)
	for calendar.DateAtAge(born, months/12, months%12).AddDays(-notice).After(on) {
		born = born.AddDays(-1)
	}
	return born
}

func midnight(day clock.Date) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
}

// rules100k is the judging of every case of a tracker of 100,000 by every rule, as after a change that
// concerns them all: by the job that does it in the background. The bare side reads the same cases in
// one query, asks the same rules about them in one loop and keeps the same findings in one statement, in
// a table with the same indexes. A rule's edit alone asks one rule of the fourteen. Whatever the ratio,
// fifteen seconds are too many.
func rules100k(ctx context.Context, h *house) (figure, error) {
	f := figure{name: "rules-100k", target: 4}
	if err := h.fillTracker(ctx); err != nil {
		return f, err
	}
	var rules []agendas.Rule
	var cases []tracker.Case
	err := h.db.Read(ctx, access.System("bench"), func(tx db.Tx) (err error) {
		if rules, err = agendas.RulesInForce(tx); err != nil {
			return err
		}
		return tx.Raw(`select * from cases`).Scan(&cases).Error
	})
	if err != nil {
		return f, err
	}
	judges, err := agendas.CompileRules(rules)
	if err != nil {
		return f, err
	}
	bare, err := h.bareTable(ctx, "finding")
	if err != nil {
		return f, err
	}
	defer bare.Close(context.WithoutCancel(ctx))
	on := clock.DateOf(h.db.Now())
	store := agendas.Store{DB: h.db}
	for range 3 {
		if _, err := h.db.Pool().Exec(ctx, `delete from rule_judged`); err != nil {
			return f, err
		}
		began := time.Now()
		if err := store.RefreshFindings(ctx); err != nil {
			return f, err
		}
		took := time.Since(began)
		var asked, kept int
		if err := h.db.Pool().QueryRow(ctx, `select (select sum(cases) from rule_judged where finished_at is not null), (select count(*) from finding)`).Scan(&asked, &kept); err != nil {
			return f, err
		}
		if asked != len(rules)*len(cases) || kept == 0 || took > 15*time.Second {
			return f, fmt.Errorf("the job asked %d times in %s and keeps %d findings", asked, took, kept)
		}
		times, err := twice(func() (time.Duration, error) { return judgeAll(ctx, bare, judges, cases, on, kept) })
		if err != nil {
			return f, err
		}
		f.product, f.bare, f.again = append(f.product, took), append(f.bare, times[0]), append(f.again, times[1])
	}
	return f, nil
}

// judgeAll reads every case, asks every rule about it, and keeps as many findings as the job did.
func judgeAll(ctx context.Context, conn *pgx.Conn, judges *agendas.Judges, cases []tracker.Case, on clock.Date, findings int) (time.Duration, error) {
	if _, err := conn.Exec(ctx, `truncate bare.finding`); err != nil {
		return 0, err
	}
	began := time.Now()
	rows, err := conn.Query(ctx, `select * from cases`)
	if err != nil {
		return 0, err
	}
	read := 0
	for rows.Next() {
		if _, err := rows.Values(); err != nil {
			return 0, err
		}
		read++
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	listed := 0
	for i := range cases {
		found, err := judges.Judge(&cases[i], on, 52000)
		if err != nil {
			return 0, err
		}
		listed += len(found)
	}
	kept, err := conn.Exec(ctx, `insert into bare.finding select * from finding`)
	took := time.Since(began)
	if err == nil && (read != len(cases) || listed == 0 || kept.RowsAffected() != int64(findings)) {
		err = fmt.Errorf("the bare side read %d of %d cases, lists %d and kept %d of %d findings", read, len(cases), listed, kept.RowsAffected(), findings)
	}
	return took, err
}
