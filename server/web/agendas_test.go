package web

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// brought adds a young person and Pat, a presenter who brings them.
func (h *house) brought() (reference string) {
	h.t.Helper()
	pat := h.person(auth.New(h.db), "Pat", false)
	c := tracker.Case{
		ID: uuid.Must(uuid.NewV7()), PersonReference: "T1", Alias: "Heron-48", Forename: "Canaryforename", Surname: "Canarysurname",
		DateOfBirth: h.meetings()[0].On().AddMonths(-17 * 12), Locality: "North", Version: 1,
	}
	err := h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error {
		c.CreatedAt, c.UpdatedAt = tx.Now, tx.Now
		if err := tx.Raw(`select nextval('case_number')`).Scan(&c.Number).Error; err != nil {
			return err
		}
		if err := tx.Create(&c).Error; err != nil {
			return err
		}
		if err := tx.Exec(`update person set presenter = true where id = ?`, pat).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into case_link (case_id, person_id, kind) values (?, ?, 'worker')`, c.ID, pat).Error
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return c.Reference()
}

func (h *house) scan(into any, statement string, values ...any) {
	h.t.Helper()
	h.read(func(tx db.Tx) error { return tx.Raw(statement, values...).Row().Scan(into) })
}

// The whole way of a panel's agenda: a request is written, mended, submitted and tabled, the agenda
// is built, arranged and published, and each person reads their part of it.
func TestRequestIsWrittenTabledAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	reference := h.brought()
	var asc, icb uuid.UUID
	h.scan(&asc, `select id from agency where short_name = 'ASC'`)
	h.scan(&icb, `select id from agency where short_name = 'ICB'`)

	want(t, h.get("Pat", "/requests"), 200, "You have made no requests", "/requests/new")
	want(t, h.get("Mo", "/requests"), 403)
	want(t, h.get("Pat", "/requests/new"), 200, "What are you asking for?", "A provider’s notice", "Canarysurname")
	want(t, h.post("Pat", "/requests", "case_number", "Q1"), 422, "Choose what you are asking for", "There is no case Q1 that you may bring", "Choose the panel to ask", `value="Q1"`)
	begun := h.post("Pat", "/requests", "kind", "new", "case_number", reference, "forum", h.forum.ID.String())
	want(t, begun, 303)
	edit := begun.Header().Get("Location")
	path := strings.TrimSuffix(edit, "/edit")
	want(t, h.get("Pat", edit), 200, "What is already owed", "Not yet started", "Check your answers", "Completed")
	want(t, h.get("Cleo", edit), 403)
	want(t, h.get("Pat", edit+"/packages"), 404)

	versionOf := regexp.MustCompile(`name="version" value="(\d+)"`)
	send := func(page, to string, fields ...string) *httptest.ResponseRecorder {
		t.Helper()
		version := versionOf.FindStringSubmatch(h.get("Pat", page).Body.String())[1]
		return h.post("Pat", to, append([]string{"version", version}, fields...)...)
	}
	section := func(name string, fields ...string) *httptest.ResponseRecorder {
		t.Helper()
		return send(edit+"/"+name, edit+"/"+name, fields...)
	}
	want(t, section("owed", "do", "continue", "owed", "order", "words-order", "Full-time support", "order_on-day", "31", "order_on-month", "2", "order_on-year", "2026"), 422, "Enter a real date", `value="31"`, "Full-time support")
	want(t, section("owed", "do", "continue", "owed", "order", "words-order", "Full-time support", "order_on-day", "4", "order_on-month", "3", "order_on-year", "2026"), 303)
	want(t, section("need", "do", "continue", "need", "Support day and night"), 422, "Enter what should be different", "Support day and night")
	want(t, section("need", "do", "later", "need", "Support day and night"), 303)
	want(t, h.get("Pat", edit), 200, "Incomplete")
	want(t, section("need", "do", "continue", "need", "Support day and night", "outcomes", "Lives near college"), 303)
	want(t, section("options", "do", "more", "options", "2", "what-1", "At home"), 200, "Option 3", "At home")
	want(t, section("options", "do", "continue", "options", "2", "what-1", "At home", "why-1", "Ruled out", "what-2", "A shared house", "why-2", "Near college", "chosen", "2"), 303)
	line := []string{"line_kind", "care", "quantity", "1", "unit", "week", "price", "1,204.50", "paid", "every_week", "do", "save"}
	want(t, send(path+"/lines/new", path+"/lines/new", append([]string{"quantity", "none"}, line...)...), 422, "Enter how many", "1,204.50", `value="none"`)
	want(t, send(path+"/lines/new", path+"/lines/new", line...), 303)
	want(t, h.get("Pat", edit+"/costs"), 200, "£1,204.50", "£62,634", "Add another cost")
	want(t, section("contribution", "do", "continue", "pays", "no"), 303)
	want(t, section("dates", "do", "continue", "starts_on-day", "4", "starts_on-month", "1", "starts_on-year", "2027"), 303)
	shares := []string{"split_by", "pounds", "weekly-" + asc.String(), "602.25", "weekly-" + icb.String(), "602.24"}
	want(t, section("split", append(shares, "do", "continue")...), 422, "Shares come to £1,204.49 a week; the cost is £1,204.50. Add 1p to a share.", "£0.01 a week left to share", "602.24", `href="#split"`)
	want(t, section("split", append(shares, "do", "reckon")...), 200, "£0.01 a week left to share", "602.24")
	want(t, section("split", append(shares, "do", "preset-health")...), 200, "Nothing left to share", `value="1204.50"`)
	shares[len(shares)-1] = "602.25"
	want(t, section("split", append(shares, "do", "continue")...), 303)
	want(t, h.get("Pat", path+"/check"), 200, "Full-time support", "Option 2", "Submit to the panel")
	want(t, send(path+"/check", path+"/submit"), 303)
	want(t, h.get("Pat", path), 200, "Submitted", "£62,634", "to the 25th birthday", "50%", "A court or tribunal order")
	want(t, h.get("Ada", path), 403)
	want(t, h.get("Pat", edit), 409)

	want(t, h.get("Cleo", "/requests"), 200, "Put to your panels", "£1,204.50 a week", "Pat", "A new package")
	page := h.get("Cleo", path)
	want(t, page, 200, "Put it on this agenda", "Send it back")
	version := versionOf.FindStringSubmatch(page.Body.String())[1]
	want(t, h.post("Cleo", path+"/return", "version", version), 422, "Choose the sections that lack something")
	want(t, h.post("Cleo", path+"/return", "version", version, "sections", "need", "question-need", ""), 422, "Enter what is missing from “Needs and outcomes”")
	want(t, h.post("Pat", path+"/table", "version", version, "meeting", meeting.ID.String()), 403)
	want(t, h.post("Cleo", path+"/table", "version", version, "meeting", meeting.ID.String()), 303)

	edit = "/meetings/" + meeting.ID.String() + "/agenda/edit"
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()), 200, edit, "The agenda has not been published")
	want(t, h.get("Mo", edit), 403)
	want(t, h.get("Ada", edit), 403)
	want(t, h.post("Cleo", strings.TrimSuffix(edit, "edit")+"build"), 303)
	page = h.get("Cleo", edit)
	want(t, page, 200, "Welcome and apologies", "40 of 150 minutes", "Funding request R2001", "Presented by Pat", "own views not on record", `aria-label`)
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()+"/agenda"), 404, "has not been published")
	want(t, h.post("Cleo", strings.TrimSuffix(edit, "edit")+"cases", "case_number", "nonsense", "reason", "Kept"), 422, "Enter a case number, like Q1042", "nonsense", "Kept")

	var item, first uuid.UUID
	h.scan(&item, `select id from agenda_item where request_id is not null`)
	h.scan(&first, `select id from agenda_item where position = 1`)
	moved := h.post("Cleo", "/agenda-items/"+item.String()+"/move", "direction", "up")
	want(t, moved, 303)
	if to := moved.Header().Get("Location"); !strings.HasSuffix(to, "#up-"+item.String()) {
		t.Errorf("focus would be lost: %s", to)
	}
	want(t, h.post("Cleo", "/agenda-items/"+item.String()+"/move", "place-"+item.String(), "99"), 422, "Place must be a whole number from 1 to", `href="#place-`+item.String())
	want(t, h.post("Cleo", "/agenda-items/"+item.String()+"/minutes", "version", "0", "minutes-"+item.String(), "lots"), 422, "Minutes must be a whole number")
	want(t, h.post("Cleo", "/agenda-items/"+item.String()+"/minutes", "version", "0", "minutes-"+item.String(), "30"), 303)
	want(t, h.post("Cleo", "/agenda-items/"+item.String()+"/pin", "pinned", "yes"), 303)
	want(t, h.post("Mo", "/agenda-items/"+item.String()+"/pin", "pinned", "no"), 403)
	want(t, h.get("Cleo", edit), 200, "Pinned", "50 of 150 minutes")
	want(t, h.get("Cleo", "/agenda-items/"+first.String()+"/remove"), 200, "Why is it taken off?")
	want(t, h.post("Cleo", "/agenda-items/"+first.String()+"/remove", "version", "0", "reason", ""), 422, "Enter why the item is taken off")
	want(t, h.post("Cleo", "/agenda-items/"+first.String()+"/remove", "version", "0", "reason", "Not needed"), 303)
	want(t, h.get("Cleo", edit), 200, "Not needed", "Put back")

	want(t, h.post("Cleo", strings.TrimSuffix(edit, "edit")+"publish"), 303)
	want(t, h.post("Cleo", strings.TrimSuffix(edit, "edit")+"publish"), 409, "Nothing has changed since version 1")
	agenda := "/meetings/" + meeting.ID.String() + "/agenda"
	out := h.get("Cleo", agenda)
	want(t, out, 200, "Version 1, published", "Canaryforename Canarysurname", "Declarations of interests")
	wantNot(t, out, "Not needed")
	want(t, h.get("Pat", agenda), 403)
	own := h.get("Pat", agenda+"/mine")
	want(t, own, 200, "You see the items you present", "Canarysurname")
	wantNot(t, own, "Declarations of interests")
	h.person(auth.New(h.db), "Paul", false)
	h.write(`update person set presenter = true where name = 'Paul'`)
	want(t, h.get("Paul", agenda+"/mine"), 404)

	h.write(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by)
		select gen_random_uuid(), i.meeting_id, i.id, p.id, 'family', 'A cousin', now(), p.id from agenda_item i, person p where i.request_id is not null and p.name = 'Cleo'`)
	closed := h.get("Cleo", path)
	want(t, closed, 403, "You declared an interest")
	wantNot(t, closed, "Canarysurname")
	wantNot(t, h.get("Cleo", "/requests"), "Canarysurname")
	h.write(`update interest set withdrawn_at = now(), withdrawn_by = person_id`)

	want(t, h.post("Cleo", "/agenda-items/"+item.String()+"/remove", "version", "0", "reason", "Costs are late"), 303)
	off := h.get("Pat", agenda+"/mine")
	want(t, off, 200, "Taken off")
	wantNot(t, off, "Canarysurname")
	want(t, h.get("Cleo", agenda+"?version=7"), 404)
	want(t, h.get("Cleo", "/meetings/nonsense/agenda"), 404)
}

// An interest closes an item to its member wherever the agenda is shown.
func TestDeclaredInterestClosesTheItem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	reference := h.brought()
	agenda := "/meetings/" + meeting.ID.String() + "/agenda"
	want(t, h.post("Cleo", agenda+"/cases", "case_number", reference, "reason", "The college has asked"), 303)
	want(t, h.post("Cleo", agenda+"/publish"), 303)
	want(t, h.get("Cleo", agenda), 200, "Canarysurname", "The college has asked")
	h.write(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by)
		select gen_random_uuid(), i.meeting_id, i.id, p.id, 'family', 'A cousin', now(), p.id from agenda_item i, person p where i.case_id is not null and p.name = 'Cleo'`)
	for _, path := range []string{agenda, agenda + "/edit"} {
		page := h.get("Cleo", path)
		want(t, page, 200, "you declared an interest")
		wantNot(t, page, "Canarysurname")
		wantNot(t, page, "The college has asked")
	}
}

func TestRulesAreReadAndChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Cleo", "/rules"), 200, "No Care Act assessment; 17½ on [date]", "Cannot be judged: no column for", "Care Act 2014")
	want(t, h.get("Mo", "/rules"), 403)
	page := h.get("Cleo", "/rules/no_assessment")
	want(t, page, 200, "Days of notice", "Save as version 2")
	wantNot(t, page, "Change everything about this rule")
	want(t, h.get("Ada", "/rules/no_assessment"), 200, "Change everything about this rule")
	want(t, h.get("Cleo", "/rules/no_assessment/write"), 403)
	want(t, h.get("Ada", "/rules/no_assessment/write"), 200, "days_before(at_age(born, at), notice)", "months_before(date, months)", "cost of a week, in pence")
	want(t, h.get("Ada", "/rules/nonsense"), 404)

	settings := func(version, notice string) []string {
		return []string{"version", version, "enabled", "yes", "parameter-at", "210", "parameter-notice", notice}
	}
	want(t, h.post("Mo", "/rules/no_assessment", settings("1", "60")...), 403)
	want(t, h.post("Cleo", "/rules/no_assessment", settings("1", "soon")...), 422, "“Days of notice before that” must be a whole number from 0 to", `href="#parameter-notice"`, `value="soon"`)
	want(t, h.post("Cleo", "/rules/no_assessment", append(settings("1", "60"), "do", "check")...), 200, "It would list nobody until the tracker has one", `value="60"`)
	want(t, h.get("Cleo", "/rules/no_assessment"), 200, `value="90"`)
	want(t, h.post("Cleo", "/rules/no_assessment", settings("1", "60")...), 303)
	want(t, h.post("Cleo", "/rules/no_assessment", settings("1", "30")...), 409, "Version 2 of this rule was made")
	want(t, h.post("Cleo", "/rules/no_assessment", settings("2", "60")...), 409, "Nothing has changed")

	form := func(notice, applies string) []string {
		return []string{
			"version", "2", "name", "No Care Act assessment", "enabled", "yes", "from_age", "14", "to_age", "25", "weight", "85", "minutes", "0", "templates", "locality",
			"setting-1-name", "at", "setting-1-label", "Age", "setting-1-unit", "age", "setting-1-value", "210",
			"setting-2-name", "notice", "setting-2-label", "Days of notice", "setting-2-unit", "days", "setting-2-value", notice,
			"text", "No assessment; {at} on {on}", "law", "Policy", "applies", applies, "turns_on", "at_age(born, at)", "listed_from", "days_before(at_age(born, at), notice)",
		}
	}
	write := "/rules/no_assessment/write"
	want(t, h.post("Cleo", write, form("60", "missing(care_act_assessed_on)")...), 403)
	want(t, h.post("Ada", write, form("60", "missing(care_act)")...), 422, "There is no “care_act” that a rule can use", `href="#applies"`, `value="60"`, "missing(care_act)")
	want(t, h.post("Ada", write, form("soon", "missing(care_act_assessed_on)")...), 422, "“Days of notice” must be a whole number from 0 to", `href="#setting-2-name"`)
	want(t, h.post("Ada", write, append(form("60", "missing(care_act_assessed_on)"), "do", "check")...), 200, "It would list nobody until the tracker has one")
	want(t, h.post("Ada", write, form("60", "missing(care_act_assessed_on)")...), 303)
	want(t, h.get("Ada", "/rules/no_assessment?version=1"), 200, "no longer in force", "missing(care_act_assessed_on)")
	want(t, h.get("Ada", "/rules/no_assessment?version=9"), 404)

	want(t, h.get("Ada", "/rules/new?from=no_assessment"), 200, "Copy of No Care Act assessment", "Write a new rule")
	ours := append([]string{"name", "no care act ASSESSMENT"}, form("60", "missing(care_act_assessed_on)")[4:]...)
	want(t, h.post("Ada", "/rules/new", ours...), 422, "Another rule has this name")
	ours[1] = "Assessment late"
	want(t, h.post("Ada", "/rules/new", ours...), 303)
	want(t, h.get("Cleo", "/rules"), 200, "Assessment late")
	want(t, h.get("Cleo", "/rules"), 200, "No assessment; 17½ on [date]")
}
