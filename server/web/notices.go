package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/notices"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const inboxPageLength = 25

// inboxPage lists what somebody was told. Looking marks nothing as read.
func (s *Site) inboxPage(c *fiber.Ctx, actor access.Actor) error {
	inbox := views.Inbox{Unread: session(c).Unread, UnreadOnly: c.Query("show") == "unread", Page: max(1, c.QueryInt("page", 1))}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		var total int64
		var err error
		if inbox.List, total, err = notify.Inbox(tx, inbox.UnreadOnly, inbox.Page, inboxPageLength); err != nil {
			return err
		}
		inbox.Pages = int((total + inboxPageLength - 1) / inboxPageLength)
		if len(inbox.List) == 0 && inbox.Page > 1 && inbox.Pages > 0 { // what was there has been read since
			inbox.Page = inbox.Pages
			inbox.List, _, err = notify.Inbox(tx, inbox.UnreadOnly, inbox.Page, inboxPageLength)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Inbox"}, views.InboxPage(inbox))
}

// readNotice marks one notice as read, and goes to what it is about when it was opened.
func (s *Site) readNotice(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "notice")
	if err != nil {
		return err
	}
	path, err := s.Post.MarkRead(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	if c.FormValue("open") != "" && path != "" {
		return s.redirect(c, path, "")
	}
	return s.redirect(c, views.Href, "The notice is marked as read.")
}

// readAllNotices marks as read what had come when the page was shown.
func (s *Site) readAllNotices(c *fiber.Ctx, actor access.Actor) error {
	by, err := time.Parse(time.RFC3339Nano, c.FormValue("by"))
	if err != nil {
		by = s.DB.Now()
	}
	count, err := s.Post.MarkAllRead(c.UserContext(), actor, by)
	if err != nil {
		return err
	}
	said := strconv.FormatInt(count, 10) + " notices are marked as read."
	if count == 1 {
		said = "1 notice is marked as read."
	}
	return s.redirect(c, views.Href, said)
}

// noticeChoicesPage is how each kind of notice reaches somebody.
func (s *Site) noticeChoicesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNoticeChoices(c, actor, nil, nil)
}

func (s *Site) showNoticeChoices(c *fiber.Ctx, actor access.Actor, typed map[notify.Kind]notify.Door, problem *fault.Fault) error {
	page := views.Choices{Hours: s.Post.Hours.Words()}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.List, err = s.Post.Choices(tx)
		return err
	})
	if err != nil {
		return err
	}
	for i, choice := range page.List {
		if door, there := typed[choice.Kind]; there {
			page.List[i].Door = door
		}
	}
	info := layout.PageInfo{Title: "What you are told and how", Section: "Inbox", Before: govuk.BackLink{Href: views.Href, Text: "Back to the inbox"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ChoicesPage(page, info.Errors))
}

func (s *Site) chooseNotices(c *fiber.Ctx, actor access.Actor) error {
	wanted := map[notify.Kind]notify.Door{}
	for name, value := range c.Context().PostArgs().All() {
		wanted[notify.Kind(name)] = notify.Door(value)
	}
	err := s.Post.Choose(c.UserContext(), actor, wanted)
	if problem := mendable(err); problem != nil {
		return s.showNoticeChoices(c, actor, wanted, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, notify.ChoicesPath, "Your choices are saved.")
}

func (s *Site) chooseAllNotices(c *fiber.Ctx, actor access.Actor) error {
	err := s.Post.ChooseForAll(c.UserContext(), actor, notify.Door(c.FormValue("all")))
	if problem := mendable(err); problem != nil {
		return s.showNoticeChoices(c, actor, nil, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, notify.ChoicesPath, "Your choices are saved.")
}

// unsubscribePage shows what a link in an email would end. It changes nothing: mail programs open every
// link.
func (s *Site) unsubscribePage(c *fiber.Ctx, actor access.Actor) error {
	var sub notify.Subscription
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		sub, err = s.Post.ReadUnsubscribeLink(tx, c.Params("token"))
		return err
	})
	if err != nil {
		return err
	}
	title := "Stop these emails?"
	if sub.Ended {
		title = "These emails have stopped"
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: title}, views.UnsubscribePage(sub, "/unsubscribe/"+c.Params("token")))
}

// unsubscribe ends a subscription for whoever its link was made for: pressed on the page, or sent by a mail
// program by itself (RFC 8058), without a cookie.
func (s *Site) unsubscribe(c *fiber.Ctx, _ access.Actor) error {
	if err := s.Post.Unsubscribe(c.UserContext(), c.Params("token"), s.address(c)); err != nil {
		return err
	}
	return s.unsubscribePage(c, access.SignedOut) // where a mail program sent it, RFC 8058 forbids leading on
}
