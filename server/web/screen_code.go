package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/room"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	sharedScreen = "/screen"

	screenStays = 16 * time.Hour // the meeting's day ends before
	screenAgain = 5              // seconds: without a session there is no live line
)

func (s *Site) screenCookie() string {
	if s.secure() {
		return "__Host-quorate-screen"
	}
	return "quorate-screen"
}

// sharedScreenPage asks for the code of a meeting, and with one shows that meeting’s big screen and nothing else.
func (s *Site) sharedScreenPage(c *fiber.Ctx, _ access.Actor) error {
	code := c.Cookies(s.screenCookie())
	if code == "" {
		return s.askForCode(c, "", nil)
	}
	c.Set("Refresh", strconv.Itoa(screenAgain)) // a page of trouble looks again too
	view, err := s.Room.ScreenByCode(c.UserContext(), code)
	if fault.Is(err, fault.Invalid) { // the code has ended, or its day has
		c.Response().Header.Del("Refresh")
		c.Cookie(s.cookie(s.screenCookie(), "", 0))
		return s.askForCode(c, "", nil)
	}
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: view.Meeting.Forum, Section: "Big screen", Bare: true}
	return s.render(c, access.SignedOut, http.StatusOK, info, views.SharedScreenPage(views.Page{View: view, Now: s.DB.Now()}))
}

func (s *Site) askForCode(c *fiber.Ctx, typed string, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Show a meeting on this screen", Errors: fieldsOf(problem)}
	if problem != nil && len(problem.Fields) == 0 {
		info.Errors = govuk.Errors{{Name: "code", Sentence: problem.Sentence}}
	}
	return s.render(c, access.SignedOut, formStatus(problem), info, views.AskForCodePage(typed, info.Errors))
}

// openSharedScreen takes a code that was typed on a computer in the room.
func (s *Site) openSharedScreen(c *fiber.Ctx, _ access.Actor) error {
	typed := c.FormValue("code")
	secret, err := s.Room.OpenScreen(c.UserContext(), typed, s.address(c))
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooMany) {
		return s.askForCode(c, typed, f)
	}
	if err != nil {
		return err
	}
	c.Cookie(s.cookie(s.screenCookie(), secret, screenStays))
	return s.redirect(c, sharedScreen, "")
}

// screenCodePage is where a clerk or chair makes and ends the code of a meeting’s big screen.
func (s *Site) screenCodePage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	page := views.CodePage{Address: s.BaseURL.JoinPath("screen").String()}
	var forum panels.Forum
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Meeting, page.Standing, err = room.ShowScreenCode(tx, id); err != nil {
			return err
		}
		forum, err = panels.ForumByID(tx, page.Meeting.ForumID)
		return err
	})
	if err != nil {
		return err
	}
	page.Forum = forum.Name
	info := layout.PageInfo{Title: "A code for the big screen", Section: forum.Name, Before: govuk.BackLink{Href: views.Href(id), Text: "Back to the meeting room"}}
	return s.render(c, actor, http.StatusOK, info, views.ScreenCodePage(page))
}

func (s *Site) makeScreenCode(c *fiber.Ctx, actor access.Actor) error {
	return s.onScreenCode(c, func(id uuid.UUID) (string, error) {
		code, err := s.Room.MakeScreenCode(c.UserContext(), actor, id)
		if err != nil {
			return "", err
		}
		return "The code is " + code[:4] + "-" + code[4:] + ". Write it down: it is shown only now.", nil
	})
}

func (s *Site) endScreenCode(c *fiber.Ctx, actor access.Actor) error {
	return s.onScreenCode(c, func(id uuid.UUID) (string, error) {
		return "The code has ended. What it showed is gone from the screen within seconds.", s.Room.EndScreenCode(c.UserContext(), actor, id)
	})
}

func (s *Site) onScreenCode(c *fiber.Ctx, do func(meeting uuid.UUID) (said string, err error)) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	said, err := do(id)
	if err != nil {
		return err
	}
	return s.redirect(c, views.ScreenCodeHref(id), said)
}
