package web

import (
	"fmt"
	"mime"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/letters"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) letterStore() letters.Store { return letters.Store{DB: s.DB} }

// lettersPage lists the letters that wait, narrowed by the address.
func (s *Site) lettersPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.List{Filter: letters.Filter{
		Forum: c.Query("forum"), State: letters.State(c.Query("state")), Audience: letters.Audience(c.Query("audience")),
		Late: c.Query("late") == "yes", Held: c.Query("held") == "yes", All: c.Query("all") == "yes", Page: pageNumber(c, "page"),
	}}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Listing, err = letters.ListLetters(tx, page.Filter)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Letters", Wide: true}, views.ListPage(page))
}

func (s *Site) letterPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showLetter(c, actor, nil, nil)
}

// showLetter shows a letter, with what was typed where something is wrong with it.
func (s *Site) showLetter(c *fiber.Ctx, actor access.Actor, typed *views.Typed, problem *fault.Fault) error {
	id, err := idOf(c, "letter")
	if err != nil {
		return err
	}
	var page letters.Page
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = letters.ShowLetter(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	form := views.Typed{Wording: letters.Wording{Recipient: page.Recipient, CareOf: page.CareOf, Subject: page.Subject, Body: page.Body}, On: govuk.TypeDate(s.today())}
	if typed != nil {
		if typed.Body == "" && typed.Subject == "" {
			typed.Wording = form.Wording
		}
		if typed.On.IsEmpty() {
			typed.On = form.On
		}
		form = *typed
	}
	back := govuk.BackLink{Href: letters.ListHref(page.ForumSlug), Text: "Back to the letters"}
	if !page.MayWrite {
		back = govuk.BackLink{Href: "/authorisations", Text: "Back to your authorisations"}
	}
	info := layout.PageInfo{Title: "Letter about item " + page.ItemNumber, Section: page.Forum, Before: back, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page, form, info.Errors))
}

// changeLetter runs one change of a letter and says what it came to.
func (s *Site) changeLetter(c *fiber.Ctx, actor access.Actor, said string, read *reading, change func(id uuid.UUID, version int, typed views.Typed) error) error {
	id, err := idOf(c, "letter")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.Typed{
		Wording: letters.Wording{Recipient: typed("recipient"), CareOf: typed("care_of"), Subject: typed("subject"), Body: typed("body")},
		Reason:  typed("reason"), Aside: typed("aside"), How: typed("how"), Note: typed("note"), On: govuk.ReadDate(typed, "on"),
	}
	if err = read.form.Err(); err == nil {
		err = change(id, whole(typed("version")), form)
	}
	if problem := mendable(err); problem != nil {
		return s.showLetter(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(id), said)
}

func (s *Site) editLetter(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "The words are saved.", &reading{}, func(id uuid.UUID, version int, typed views.Typed) error {
		return s.letterStore().EditLetter(c.UserContext(), actor, id, version, typed.Wording)
	})
}

func (s *Site) draftLetterAgain(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "The letter is drafted again.", &reading{}, func(id uuid.UUID, version int, _ views.Typed) error {
		return s.letterStore().DraftAgain(c.UserContext(), actor, id, version)
	})
}

func (s *Site) approveLetter(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "The letter is approved. Print or download it, and mark it as sent when it has gone.", &reading{}, func(id uuid.UUID, version int, _ views.Typed) error {
		return s.letterStore().ApproveLetter(c.UserContext(), actor, id, version)
	})
}

func (s *Site) takeBackLetter(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "The approval is taken back.", &reading{}, func(id uuid.UUID, version int, _ views.Typed) error {
		return s.letterStore().TakeBackApproval(c.UserContext(), actor, id, version)
	})
}

func (s *Site) releaseLetter(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "It is decided and recorded with your reason.", &reading{}, func(id uuid.UUID, version int, typed views.Typed) error {
		return s.letterStore().ReleaseLetter(c.UserContext(), actor, id, version, typed.Reason, c.FormValue("all") == "yes")
	})
}

func (s *Site) markLetterSent(c *fiber.Ctx, actor access.Actor) error {
	read := &reading{}
	on := read.date("on", govuk.ReadDate(typedIn(c), "on"))
	return s.changeLetter(c, actor, "The letter is marked as sent.", read, func(id uuid.UUID, version int, typed views.Typed) error {
		return s.letterStore().MarkSent(c.UserContext(), actor, id, version, letters.Sending{On: on, How: letters.SentHow(typed.How), Note: typed.Note})
	})
}

func (s *Site) setLetterAside(c *fiber.Ctx, actor access.Actor) error {
	return s.changeLetter(c, actor, "The letter is set aside.", &reading{}, func(id uuid.UUID, version int, typed views.Typed) error {
		return s.letterStore().SetLetterAside(c.UserContext(), actor, id, version, typed.Aside)
	})
}

func (s *Site) decisionLettersPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showDecisionLetters(c, actor, nil, views.TypedParent{}, nil)
}

func (s *Site) showDecisionLetters(c *fiber.Ctx, actor access.Actor, wish *views.TypedWish, parent views.TypedParent, problem *fault.Fault) error {
	id, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	var page letters.DecisionPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = letters.ShowDecision(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if wish == nil {
		typed := views.TypeWish(page)
		wish = &typed
	}
	info := layout.PageInfo{
		Title: "Letters about item " + page.ItemNumber, Section: page.Forum, Wide: true, Before: govuk.BackLink{Href: "/decisions/" + id.String(), Text: "Back to the decision"}, Errors: fieldsOf(problem),
	}
	return s.render(c, actor, formStatus(problem), info, views.DecisionPage(page, *wish, parent, info.Errors))
}

func (s *Site) recordWish(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	wish := views.TypedWish{Format: typed("format"), Language: typed("language"), Barred: typed("barred")}
	err = s.letterStore().RecordWish(c.UserContext(), actor, id, letters.Wish{Format: letters.Format(wish.Format), Language: wish.Language, Barred: wish.Barred})
	if problem := mendable(err); problem != nil {
		return s.showDecisionLetters(c, actor, &wish, views.TypedParent{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.DecisionHref(id), "Saved. Draft the letter again to have it that way.")
}

func (s *Site) addParentLetter(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	parent := views.TypedParent{Name: typed("name"), Basis: typed("basis"), Reason: typed("basis_reason")}
	l, err := s.letterStore().AddParentLetter(c.UserContext(), actor, id, letters.ForParent{Name: parent.Name, Basis: letters.Basis(parent.Basis), Reason: parent.Reason})
	if problem := mendable(err); problem != nil {
		return s.showDecisionLetters(c, actor, nil, parent, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(l.ID), "The letter is drafted. Check it before it is approved.")
}

func (s *Site) setPayingLead(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "decision")
	if err != nil {
		return err
	}
	agency, _ := uuid.Parse(c.FormValue("agency")) // none chosen is refused with how to mend it
	err = s.letterStore().SetPayingLead(c.UserContext(), actor, id, agency)
	if problem := mendable(err); problem != nil {
		return s.showDecisionLetters(c, actor, nil, views.TypedParent{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.DecisionHref(id), "Saved who pays the provider.")
}

func (s *Site) templatesPage(c *fiber.Ctx, actor access.Actor) error {
	var lines []letters.TemplateLine
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		lines, err = letters.ListTemplates(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Letter templates", Section: "Administration"}, views.TemplatesPage(lines))
}

func (s *Site) templatePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showTemplate(c, actor, nil, nil)
}

func (s *Site) showTemplate(c *fiber.Ctx, actor access.Actor, typed *views.TypedTemplate, problem *fault.Fault) error {
	var page letters.TemplatePage
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = letters.ShowTemplate(tx, c.Params("template"))
		return err
	})
	if err != nil {
		return err
	}
	form := views.TypedTemplate{BasedOn: page.Number, Subject: page.Subject, Body: page.Body}
	if typed != nil {
		form = *typed
		if problem != nil && problem.Kind == fault.Stale {
			form.BasedOn = page.Number // they have been told, and see the one in force below
		}
	}
	info := layout.PageInfo{Title: page.Title, Section: "Letter templates", Before: govuk.BackLink{Href: "/letter-templates", Text: "Back to the templates"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.TemplatePage(page, form, info.Errors))
}

func (s *Site) changeTemplate(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.TypedTemplate{BasedOn: whole(typed("based_on")), Subject: typed("subject"), Body: typed("body")}
	key := c.Params("template")
	var err error
	if form.Preview = typed("preview") == "yes"; form.Preview {
		err = (letters.Template{Key: key, Subject: form.Subject, Body: form.Body}).Check()
		form.Preview = err == nil
	} else {
		_, err = s.letterStore().ChangeTemplate(c.UserContext(), actor, key, form.BasedOn, form.Subject, form.Body)
	}
	if problem := mendable(err); problem != nil || form.Preview {
		return s.showTemplate(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.TemplateHref(key), "The template is saved. Letters drafted from now on start from it.")
}

// letterOf reads a letter for a download.
func (s *Site) letterOf(r *http.Request, actor access.Actor) (page letters.Page, err error) {
	id, err := uuid.Parse(r.PathValue("letter"))
	if err != nil {
		return page, pageNotFound()
	}
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		page, err = letters.ShowLetter(tx, id)
		return err
	})
	return page, err
}

// letterFile sends a letter in one of its forms. Its name says the item and nothing of whom it is about.
func (s *Site) letterFile(ending string) func(http.ResponseWriter, *http.Request, access.Actor) error {
	return func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		page, err := s.letterOf(r, actor)
		if err != nil {
			return err
		}
		return s.sendPaper(w, r, documents.LetterPaper(page, s.today()), fmt.Sprintf("letter-item-%s-%s", page.ItemNumber, page.Audience), ending)
	}
}

// sendPaper makes a paper and sends it.
func (s *Site) sendPaper(w http.ResponseWriter, r *http.Request, paper documents.Paper, name, ending string) (err error) {
	var file []byte
	kind, how := "application/pdf", "attachment"
	switch ending {
	case "docx":
		kind = wordType
		file, err = s.documents().PaperWord(paper, s.DB.Now())
	case "html":
		kind, how = "text/html; charset=utf-8", "inline"
		file, err = s.documents().PaperPage(r.Context(), paper)
		w.Header().Set("Content-Security-Policy", s.documents().ContentSecurityPolicy())
	default:
		var page []byte
		if page, err = s.documents().PaperPage(r.Context(), paper); err == nil {
			file, err = s.printed(r.Context(), page)
		}
	}
	if err != nil {
		w.Header().Del("Content-Security-Policy")
		return err
	}
	sendFile(w, file, kind, how, name+"."+ending)
	return nil
}

func sendFile(w http.ResponseWriter, file []byte, kind, how, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(file) // the reader may have gone; nothing is left to tell them
}
