// The small script of every page. Pages work without it: it only makes them
// kinder. A module is mounted on the elements that name it in data-module.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from 'govuk-frontend';
import { checkRule } from './modules/check-rule';
import { followProgress } from './modules/follow-progress';
import { keepFocus, takePressed } from './modules/keep-focus';
import { linkShares } from './modules/link-shares';
import { lookAgain } from './modules/look-again';
import { mountAll } from './modules/mount';
import { arrived, forgetDraftsOnSignOut, offerDraft, resendDraft, settleDrafts } from './modules/unsaved';
import { submitOnChange } from './modules/submit-on-change';
import { printPage } from './modules/print-page';
import { forgetRooms } from './room/outbox';

document.body.classList.add('js-enabled', 'govuk-frontend-supported');

for (const component of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  ServiceNavigation,
  SkipLink,
]) {
  createAll(component);
}

settleDrafts(localStorage, arrived());

mountAll({
  'check-rule': (root) => checkRule(root),
  'keep-focus': keepFocus(takePressed(sessionStorage)),
  unsaved: offerDraft,
  'resend-draft': resendDraft,
  'forget-drafts': (root) => {
    forgetDraftsOnSignOut(root);
    root.addEventListener('submit', () => forgetRooms(localStorage));
  },
  'submit-on-change': submitOnChange,
  'print-page': printPage,
  'look-again': lookAgain,
  'link-shares': (root) => linkShares(root),
  'follow-progress': followProgress(),
});
