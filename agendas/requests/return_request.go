package requests

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Return sends a submitted request back to its presenter, with a question for each section that lacks
// something. One that is tabled is first taken off its agenda.
func (s Store) Return(ctx context.Context, actor access.Actor, id uuid.UUID, version int, questions []Question) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		r, err := LockForPanel(tx, id)
		if err != nil {
			return err
		}
		switch r.State {
		case Submitted:
		case Tabled:
			return fault.New(fault.Conflict, "This request is on an agenda. Take it off the agenda first, then return it.")
		default:
			return fault.New(fault.Conflict, "This request is not waiting for the panel, so there is nothing to return.")
		}
		asked, err := readQuestions(r.Kind, questions)
		if err != nil {
			return err
		}
		if version != r.Version {
			return fault.New(fault.Stale, "Somebody else changed this request while you were working on it. Look at it as it is now, then make your change again.")
		}
		r.State, r.Questions, r.Version = Returned, asked, version+1
		if err := db.RequireOne(tx.Model(&Request{}).Where("id = ? and version = ?", r.ID, version).Select("state", "questions", "version").Updates(&r)); err != nil {
			return err
		}
		if err := notify.Send(tx, notify.Notice{Kind: NoticeReturned, IDs: notify.IDs{"request": r.ID}, To: r.SubmittedBy}); err != nil {
			return err
		}
		return Record(tx, "returned", r, map[string]any{"questions": asked})
	})
}

// QuestionField names a section’s question in the form and in the errors about it.
func QuestionField(section Section) string { return "question-" + string(section) }

func readQuestions(kind Kind, questions []Question) ([]Question, error) {
	var form fault.Form
	asked := []Question{}
	for _, section := range kind.Sections() {
		for _, q := range questions {
			if q.Section != section {
				continue
			}
			words := strings.TrimSpace(q.Words)
			form.Require(words != "", QuestionField(section), "Enter what is missing from “"+section.Title(kind)+"”")
			form.Require(len([]rune(words)) <= textLimit, QuestionField(section), "Shorten the question to 4,000 characters or fewer")
			asked = append(asked, Question{Section: section, Words: words})
			break
		}
	}
	form.Require(len(asked) > 0, "sections", "Choose the sections that lack something")
	return asked, form.Err()
}

// LockForPanel finds a request that the actor, as clerk or chair of the panel asked, may table or
// return, and keeps every other change to it waiting.
func LockForPanel(tx db.Tx, id uuid.UUID) (Request, error) {
	r, err := Lock(tx, id)
	if err != nil {
		return r, err
	}
	if _, err := mayRead(tx, r); err != nil {
		return r, err
	}
	return r, tx.Actor.Check(access.TableRequest, r.ForumID)
}
