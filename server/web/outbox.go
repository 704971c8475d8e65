package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/home"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/outbox"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const mailSection = "Mail"

var backToMail = govuk.BackLink{Href: "/mail", Text: "Back to Mail"}

func (s *Site) mailNowPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMailNow(c, actor, "", nil)
}

func (s *Site) showMailNow(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	page := views.Now{What: s.Post.KindWords, Reason: reason, Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.MailNow, err = s.Post.MailNow(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: mailSection, Section: "Administration", Wide: true, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.NowPage(page))
}

func (s *Site) holdMail(c *fiber.Ctx, actor access.Actor) error {
	reason := typedIn(c)("reason")
	err := s.Post.HoldMail(c.UserContext(), actor, reason)
	if problem := mendable(err); problem != nil {
		return s.showMailNow(c, actor, reason, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/mail", "All mail is held. Nothing goes out until you let it go.")
}

func (s *Site) letMailGoPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showLetMailGo(c, actor, "", nil)
}

func (s *Site) showLetMailGo(c *fiber.Ctx, actor access.Actor, chosen string, problem *fault.Fault) error {
	page := views.LetGo{Value: chosen, Problems: fieldsOf(problem)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.MailNow, err = s.Post.MailNow(tx)
		return err
	})
	if err != nil {
		return err
	}
	if page.Hold == nil {
		return s.redirect(c, "/mail", "Mail is not held: it goes out as it comes.")
	}
	info := layout.PageInfo{Title: "Let mail go", Section: mailSection, Before: backToMail, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.LetGoPage(page))
}

func (s *Site) letMailGo(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	chosen := typed("old")
	var read reading
	read.form.Require(chosen == "all" || chosen == "recent", "old", "Choose what becomes of it")
	hold, _ := uuid.Parse(typed("hold")) // nonsense is no hold, which the use case says
	var going, dropped int
	_, err := saved(&read, func() (none struct{}, err error) {
		going, dropped, err = s.Post.LiftHold(c.UserContext(), actor, hold, chosen == "recent")
		return none, err
	})
	if problem := mendable(err); problem != nil {
		return s.showLetMailGo(c, actor, chosen, problem)
	}
	if err != nil {
		return err
	}
	said := fmt.Sprintf("Mail goes again: %s on the way.", countOf(going, "message"))
	if dropped > 0 {
		said += fmt.Sprintf(" %s older than a day dropped.", countOf(dropped, "message"))
	}
	return s.redirect(c, "/mail", said)
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (s *Site) undeliveredPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showUndelivered(c, actor, views.Undelivered{Filter: notify.UndeliveredFilter{Failure: notify.FailureKind(c.Query("failure")), Page: pageNumber(c, "page")}}, nil)
}

func (s *Site) showUndelivered(c *fiber.Ctx, actor access.Actor, page views.Undelivered, problem *fault.Fault) error {
	if page.Filter.Failure.Words() == "" {
		page.Filter.Failure = ""
	}
	page.Filter.Page = max(1, page.Filter.Page)
	page.What, page.Problems = s.Post.KindWords, fieldsOf(problem)
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.UndeliveredList, err = s.Post.Undelivered(tx, page.Filter)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Messages that could not be delivered", Section: mailSection, Wide: true, Before: backToMail, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.UndeliveredPage(page))
}

// mendUndelivered sends the chosen again, or all, or discards the chosen.
func (s *Site) mendUndelivered(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	page := views.Undelivered{Filter: notify.UndeliveredFilter{Failure: notify.FailureKind(typed("failure"))}, Ticked: ticked(c, "notice"), Reason: typed("reason")}
	var read reading
	var ids []uuid.UUID
	for _, chosen := range page.Ticked {
		if id := read.id("notice", chosen, "Choose messages from the list"); id != nil {
			ids = append(ids, *id)
		}
	}
	said := ""
	_, err := saved(&read, func() (n int, err error) {
		switch typed("do") {
		case "send":
			n, err = s.Post.SendAgain(c.UserContext(), actor, ids)
			said = countOf(n, "message") + " sent again."
		case "all":
			n, err = s.Post.SendAllAgain(c.UserContext(), actor, page.Filter)
			said = countOf(n, "message") + " sent again."
		case "discard":
			n, err = s.Post.Discard(c.UserContext(), actor, ids, page.Reason)
			said = countOf(n, "message") + " discarded."
		default:
			read.form.Add("notice", "Choose whether to send again or to discard")
			err = read.form.Err()
		}
		return n, err
	})
	if problem := mendable(err); problem != nil {
		return s.showUndelivered(c, actor, page, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/mail/undelivered", said)
}

func (s *Site) undeliveredOnePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showUndeliveredOne(c, actor, nil, false, nil)
}

func (s *Site) showUndeliveredOne(c *fiber.Ctx, actor access.Actor, email *string, resend bool, problem *fault.Fault) error {
	id, err := idOf(c, "notice")
	if err != nil {
		return err
	}
	page := views.One{What: s.Post.KindWords, Resend: true, Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Undelivered, err = s.Post.FindUndelivered(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	page.Typed = page.Email
	if email != nil {
		page.Typed, page.Resend = *email, resend
	}
	info := layout.PageInfo{Title: "A message that could not be delivered", Section: mailSection, Before: govuk.BackLink{Href: "/mail/undelivered"}, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.OnePage(page))
}

func (s *Site) correctUndelivered(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "notice")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	email, resend := typed("email"), typed("resend") != ""
	var found notify.Undelivered
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		found, err = s.Post.FindUndelivered(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	sent, err := s.Post.CorrectAddress(c.UserContext(), actor, found.PersonID, whole(typed("version")), email, resend)
	if problem := mendable(err); problem != nil {
		return s.showUndeliveredOne(c, actor, &email, resend, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/mail/undelivered", correctedWords(sent))
}

func correctedWords(sent int) string {
	if sent == 0 {
		return "The address is corrected."
	}
	return "The address is corrected, and " + countOf(sent, "message") + " sent again."
}

func (s *Site) failingAddressesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showFailingAddresses(c, actor, views.Addresses{}, nil)
}

func (s *Site) showFailingAddresses(c *fiber.Ctx, actor access.Actor, page views.Addresses, problem *fault.Fault) error {
	for _, field := range fieldsOf(problem) {
		if field.Name == "email" {
			field.Name = views.EmailField + page.Person.String()
		}
		page.Problems = append(page.Problems, field)
	}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.List, err = notify.FailingAddresses(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "People whom mail does not reach", Section: mailSection, Before: backToMail, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.AddressesPage(page))
}

// mendAddress corrects the address of somebody whom mail does not reach, or has it tried again as it is.
func (s *Site) mendAddress(c *fiber.Ctx, actor access.Actor) error {
	person, err := idOf(c, "person")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	page, sent, said := views.Addresses{Person: person, Typed: typed(views.EmailField + person.String())}, 0, ""
	if typed("do") == "try" {
		sent, err = s.Post.TryAddressAgain(c.UserContext(), actor, person)
		said = "The address is tried again. " + countOf(sent, "message") + " sent again."
	} else {
		sent, err = s.Post.CorrectAddress(c.UserContext(), actor, person, whole(typed("version")), page.Typed, true)
		said = correctedWords(sent)
	}
	if problem := mendable(err); problem != nil {
		return s.showFailingAddresses(c, actor, page, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/mail/addresses", said)
}

// needMail tells administrators that mail is held or stands still, and what of it waits for them.
func needMail(tx db.Tx, page *home.Page) error {
	if !tx.Actor.MayAnywhere(access.ManageMail) {
		return nil
	}
	hold, err := notify.HoldNow(tx)
	if err != nil {
		return err
	}
	if hold != nil {
		page.Needs = append(page.Needs, home.Need{Text: "All mail is held", Href: "/mail", Tag: "Since " + clock.DateOf(hold.HeldAt).Long(), Urgent: true, Detail: hold.Reason})
	}
	trouble, err := notify.TroubleNow(tx)
	if err != nil {
		return err
	}
	if trouble != nil {
		page.Needs = append(page.Needs, home.Need{Text: "Mail stands still", Href: "/mail", Tag: "Since " + clock.Moment(trouble.Since), Urgent: true, Detail: trouble.Failure.Words() + ". " + trouble.Failure.Mend() + "."})
	}
	undelivered, failing, err := notify.NeedsMending(tx)
	if undelivered > 0 {
		page.Needs = append(page.Needs, home.Need{Text: "Mend what could not be delivered", Href: "/mail/undelivered", Tag: countOf(undelivered, "message"), Urgent: true})
	}
	if failing > 0 {
		page.Needs = append(page.Needs, home.Need{Text: "Correct addresses that mail does not reach", Href: "/mail/addresses", Detail: fmt.Sprintf("%d to correct", failing)})
	}
	return err
}
