package web

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/decisions"
	"quorate/frontend/views/layout"
	roomViews "quorate/frontend/views/room"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) minutesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMinutes(c, actor, views.MinutesForm{}, nil)
}

// showMinutes shows the minutes of a meeting, with what was typed and what is wrong with it.
func (s *Site) showMinutes(c *fiber.Ctx, actor access.Actor, form views.MinutesForm, problem *fault.Fault) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var minutes room.Minutes
	var days calendar.WorkingDays
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if minutes, err = room.ShowMinutes(tx, id); err != nil || !minutes.MaySend {
			return err
		}
		days, err = panels.WorkingDays(tx)
		return err
	})
	if err != nil {
		return err
	}
	if minutes.MaySend && form.Name == "" {
		form.Until = govuk.TypeDate(days.AddWorkingDays(s.today(), commentDays))
	}
	info := layout.PageInfo{
		Title: "Minutes of " + clock.DateOf(minutes.Meeting.StartsAt).Long(), Section: minutes.Meeting.Forum,
		Before: backToMeeting(actor, minutes.Meeting.ForumID, id), Errors: fieldsOf(problem),
	}
	return s.render(c, actor, formStatus(problem), info, views.MinutesPage(minutes, form, info.Errors))
}

// commentDays is how many working days minutes are open for comment if nobody says otherwise.
const commentDays = 5

func (s *Site) sendMinutes(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var read reading
	form := views.MinutesForm{Name: "send", Until: govuk.ReadDate(typedIn(c), "until")}
	until := read.date("until", form.Until)
	told := 0
	if err = read.form.Err(); err == nil {
		told, err = s.Room.SendForComment(c.UserContext(), actor, id, until)
	}
	if problem := mendable(err); problem != nil {
		return s.showMinutes(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.MinutesHref(id), "Minutes sent for comment. "+counted(told)+" got an email with a link to them.")
}

func (s *Site) makeMinutesFinal(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	told, err := s.Room.MakeMinutesFinal(c.UserContext(), actor, id)
	if problem := mendable(err); problem != nil {
		return s.showMinutes(c, actor, views.MinutesForm{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.MinutesHref(id), "The minutes are final. "+counted(told)+" got an email with a link to them.")
}

func (s *Site) minutePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMinute(c, actor, views.MinutesForm{}, nil)
}

// minuteOf reads which minute of which meeting a page is about; uuid.Nil is the minutes as a whole.
func minuteOf(c *fiber.Ctx) (meeting, item uuid.UUID, err error) {
	if meeting, err = idOf(c, "meeting"); err != nil || c.Params("item") == "all" {
		return meeting, uuid.Nil, err
	}
	item, err = idOf(c, "item")
	return meeting, item, err
}

// itemOrAll is the item a form is about, nil for all of the minutes.
func itemOrAll(item uuid.UUID) *uuid.UUID {
	if item == uuid.Nil {
		return nil
	}
	return &item
}

func (s *Site) showMinute(c *fiber.Ctx, actor access.Actor, form views.MinutesForm, problem *fault.Fault) error {
	meeting, item, err := minuteOf(c)
	if err != nil {
		return err
	}
	var minutes room.Minutes
	var words *room.MinuteHistory
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if minutes, err = room.ShowMinutes(tx, meeting); err != nil || item == uuid.Nil || !minutes.MayAnswer && !minutes.MayWord {
			return err
		}
		history, err := room.ShowMinute(tx, meeting, item)
		words = &history
		return err
	})
	if err != nil {
		return err
	}
	var shown *room.MinuteItem
	if item != uuid.Nil {
		i := slices.IndexFunc(minutes.Items, func(m room.MinuteItem) bool { return m.ID == item && m.Hidden == "" && !m.TakenOff })
		if i < 0 {
			return pageNotFound()
		}
		shown = &minutes.Items[i]
	}
	// The title stays in the browser's history, so it names the item and not the young person.
	title := "The minutes as a whole"
	if shown != nil {
		title = "Minute of item " + shown.Number
	}
	info := layout.PageInfo{
		Title: title + ", " + clock.DateOf(minutes.Meeting.StartsAt).Long(), Section: minutes.Meeting.Forum,
		Before: govuk.BackLink{Href: views.MinutesHref(meeting), Text: "Back to the minutes"}, Errors: named(problem, form),
	}
	return s.render(c, actor, formStatus(problem), info, views.MinutePage(minutes, shown, words, form, info.Errors))
}

// named gives what is wrong with a form the name of its one field on the page.
func named(problem *fault.Fault, form views.MinutesForm) []fault.Field {
	fields := slices.Clone(fieldsOf(problem))
	for i := range fields {
		if fields[i].Name != "" {
			fields[i].Name = form.Name
			if form.Name == "answer" {
				fields[i].Name += "-" + form.Comment.String()
			}
		}
	}
	return fields
}

// changeMinute sends one form about a minute to its use case, and shows it again where something is wrong.
func (s *Site) changeMinute(c *fiber.Ctx, actor access.Actor, form views.MinutesForm, said string, do func(meeting, item uuid.UUID) error) error {
	meeting, item, err := minuteOf(c)
	if err != nil {
		return err
	}
	err = do(meeting, item)
	if problem := mendable(err); problem != nil {
		return s.showMinute(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.MinuteHref(meeting, item), said)
}

func (s *Site) wordMinute(c *fiber.Ctx, actor access.Actor) error {
	form := views.MinutesForm{Name: "wording", Text: c.FormValue("wording"), Version: max(0, whole(c.FormValue("version")))}
	return s.changeMinute(c, actor, form, "The wording is saved.", func(meeting, item uuid.UUID) error {
		return s.Room.WordMinute(c.UserContext(), actor, meeting, item, form.Version, form.Text)
	})
}

func (s *Site) commentOnMinutes(c *fiber.Ctx, actor access.Actor) error {
	form := views.MinutesForm{Name: "comment", Text: c.FormValue("comment")}
	return s.changeMinute(c, actor, form, "Your comment is with the clerk and the chair.", func(meeting, item uuid.UUID) error {
		return s.Room.CommentOnMinutes(c.UserContext(), actor, meeting, itemOrAll(item), form.Text)
	})
}

func (s *Site) correctMinutes(c *fiber.Ctx, actor access.Actor) error {
	form := views.MinutesForm{Name: "correction", Text: c.FormValue("correction")}
	return s.changeMinute(c, actor, form, "The correction stands beside the minutes.", func(meeting, item uuid.UUID) error {
		return s.Room.CorrectMinutes(c.UserContext(), actor, meeting, itemOrAll(item), form.Text)
	})
}

func (s *Site) answerComment(c *fiber.Ctx, actor access.Actor) error {
	comment, err := uuid.Parse(c.FormValue("comment"))
	if err != nil {
		return pageNotFound()
	}
	form := views.MinutesForm{Name: "answer", Text: c.FormValue("answer-" + comment.String()), Comment: comment}
	return s.changeMinute(c, actor, form, "The comment is answered.", func(meeting, _ uuid.UUID) error {
		return s.Room.AnswerComment(c.UserContext(), actor, meeting, comment, form.Text)
	})
}

func (s *Site) notesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNotes(c, actor, nil)
}

func (s *Site) showNotes(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	var history room.NoteHistory
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		history, err = room.ListNoteVersions(tx, meeting, item)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Earlier versions of the notes on item " + history.Item.Number, Section: history.Meeting.Forum,
		Before: govuk.BackLink{Href: roomViews.Href(meeting), Text: "Back to the meeting room"}, Errors: fieldsOf(problem),
	}
	return s.render(c, actor, formStatus(problem), info, views.NotesPage(history))
}

// restoreNotes puts an earlier version of an item's notes back, as a new one.
func (s *Site) restoreNotes(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	command, err := uuid.Parse(c.FormValue("command"))
	if err != nil {
		return pageNotFound()
	}
	var history room.NoteHistory
	var text string
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		if text, err = room.NoteVersionText(tx, meeting, item, whole(c.FormValue("version"))); err != nil {
			return err
		}
		history, err = room.ListNoteVersions(tx, meeting, item)
		return err
	})
	if err == nil {
		change := room.WriteNote{NoteID: history.Note.ID, ItemID: item, BaseVersion: whole(c.FormValue("base")), Text: text, ByForm: true}
		_, err = s.Room.Do(c.UserContext(), actor, meeting, room.Command{ID: command, Change: change})
	}
	if problem := mendable(err); problem != nil {
		return s.showNotes(c, actor, cmp.Or(staleNotes(problem), problem))
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.NotesHref(meeting, item), "The earlier version is put back, as a new one.")
}

// staleNotes says of a version that could not be put back what to do about it: nothing was typed here.
func staleNotes(problem *fault.Fault) *fault.Fault {
	if problem.Kind != fault.Stale {
		return nil
	}
	return fault.New(fault.Stale, "Somebody changed these notes after you opened this page. It now shows what they say: look again, then put a version back.")
}
