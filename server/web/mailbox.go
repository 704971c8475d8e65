package web

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/views/layout"
	views "quorate/frontend/views/mailbox"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (s *Site) mailbox() *notify.DemoMailbox { return &notify.DemoMailbox{DB: s.DB} }

// mailboxPage lists the demo's mail. Only the demo has these pages.
func (s *Site) mailboxPage(c *fiber.Ctx, actor access.Actor) error {
	to := strings.TrimSpace(c.Query("to"))
	list, err := s.mailbox().List(c.UserContext(), to)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Mailbox", Wide: true}, views.ListPage(list, to))
}

func (s *Site) mailPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("mail"))
	if err != nil {
		return pageNotFound()
	}
	message, err := s.mailbox().Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	file, err := message.Calendar()
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: message.Subject, Section: "Mailbox"}, views.MessagePage(message, file))
}

// mailHTML shows a message as it was sent, in a page that can run and fetch nothing. Its links open.
func (s *Site) mailHTML(w http.ResponseWriter, r *http.Request, _ access.Actor) error {
	id, err := uuid.Parse(r.PathValue("mail"))
	if err != nil {
		return pageNotFound()
	}
	message, err := s.mailbox().Find(r.Context(), id)
	if err != nil {
		return err
	}
	html, err := message.ShownHTML()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte(html))
	return err
}

// mailCalendar is what a message tells its reader's calendar, as a file.
func (s *Site) mailCalendar(w http.ResponseWriter, r *http.Request, _ access.Actor) error {
	id, err := uuid.Parse(r.PathValue("mail"))
	if err != nil {
		return pageNotFound()
	}
	message, err := s.mailbox().Find(r.Context(), id)
	if err != nil {
		return err
	}
	text, err := message.Calendar()
	if err != nil {
		return err
	}
	if text == nil {
		return fault.New(fault.NotFound, "This message holds nothing for a calendar.")
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="invite.ics"`)
	_, err = w.Write(text)
	return err
}
