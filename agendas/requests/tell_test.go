package requests

import (
	"testing"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// An e-mail about a request speaks of its number and its meeting, and of nobody; one that is overtaken
// sends people to do what is done.
func TestPeopleAreToldOfARequestWithoutItsCase(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx := t.Context()
	post := &notify.Store{DB: a.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	var yesterday string
	a.write(func(tx db.Tx) error { yesterday = tx.Today().AddDays(-1).String(); return nil })
	a.meeting("2026-12-20", yesterday)
	sent := a.submit(a.save(a.begin(New), a.complete()...), Lateness{Asked: true, Take: true, Reason: "The placement gave notice"})
	of := func(kind notify.Kind, to access.Actor) notify.Notice {
		return notify.Notice{Kind: kind, IDs: notify.IDs{"request": sent.ID}, To: to.PersonID}
	}
	clerk, presenter := of(NoticeLate, a.clerk), of(NoticeLateAnswered, a.presenter)
	notifytest.NotSent(t, post, presenter) // nobody has answered
	notifytest.Golden(t, post, clerk, "request_late")
	a.must(a.AnswerLate(ctx, a.clerk, sent.ID, sent.Version, LateNext))
	notifytest.NotSent(t, post, clerk)
	notifytest.Golden(t, post, presenter, "request_late_next")
	a.must(a.AnswerLate(ctx, a.clerk, sent.ID, sent.Version+1, LateAccepted))
	notifytest.Golden(t, post, presenter, "request_late_accepted")

	returned := of(NoticeReturned, a.presenter)
	notifytest.NotSent(t, post, returned)
	a.must(a.Return(ctx, a.clerk, sent.ID, sent.Version+2, []Question{{Section: Need, Words: "What did the last review say?"}, {Section: Costs, Words: "Which provider?"}}))
	notifytest.Golden(t, post, returned, "request_returned")
	a.submit(Request{ID: sent.ID, Version: sent.Version + 3}, Lateness{Asked: true})
	notifytest.NotSent(t, post, returned)
}
