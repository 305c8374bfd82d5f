// The items of the two menus: the person's own, below the rooms, and that of a room.

import { formatHash } from '../device/location_hash.js';
import { t } from '../words/translate.js';
import { openAbout } from './about_dialog.js';
import { openAudit } from './audit_dialog.js';
import { openDevice } from './device_dialog.js';
import { drawnState } from './dialog.js';
import { openFilters } from './filters_dialog.js';
import { openGroups } from './groups_dialog.js';
import { openInvite } from './invite_dialog.js';
import { isModerator } from './moderation_dialog.js';
import { noticeText } from './notice_bar.js';
import { openOwnProfile } from './own_profile_dialog.js';
import { openRaid } from './raid_dialog.js';
import { openReports } from './reports_dialog.js';
import { openRoomPeople } from './room_people_dialog.js';
import { keepsRoom, mayInvite, mayLeave } from './room_rights.js';
import { openRoomSettings } from './room_settings_dialog.js';
import { openSearch } from './search_dialog.js';
import { openRename, openSettings, openSignOutDialog } from './settings_dialog.js';
import { openShortcuts } from './shortcuts_dialog.js';
import { openWhy } from './why_dialog.js';

/** @typedef {import('./menu.js').Item} Item */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/**
 * The person's own menu.
 * @param {() => import('../store/state.js').State} now gives the last drawn state
 * @param {Dispatch} dispatch
 * @param {() => void} closeDrawer a dialog would make it inert
 * @returns {Item[]}
 */
export function personItems(now, dispatch, closeDrawer) {
  /** @type {Item[]} */
  const items = [
    { words: t('me.rename'), icon: 'edit', act: () => openRename(now(), dispatch, noticeText) },
    { words: t('me.settings'), icon: 'settings', act: () => openSettings(now(), dispatch) },
    { words: t('profile.own'), icon: 'person', act: () => openOwnProfile(now(), dispatch) },
    { words: t('search.open'), icon: 'search', act: () => openSearch(dispatch) },
    ...isModerator(now().role) ? [
      { words: t('reports.title'), icon: 'flag', act: () => openReports(dispatch) },
      { words: t('raid.title'), icon: 'siren', act: () => openRaid(dispatch) },
      { words: t('filters.title'), icon: 'filter', act: () => openFilters(now(), dispatch) },
      { words: t('me.audit'), icon: 'list', act: () => openAudit(now(), dispatch) },
    ] : [],
    ...now().role === null ? [] : [{ words: t(isModerator(now().role) ? 'groups.title' : 'groups.own'), icon: 'people', act: () => openGroups(now(), dispatch) }],
    { words: t('me.device'), icon: 'device', act: () => openDevice(now(), dispatch) },
    { words: t('me.shortcuts'), icon: 'keyboard', act: openShortcuts },
    { words: t('me.signOut'), icon: 'leave', act: () => openSignOutDialog(now(), dispatch), danger: true },
  ];
  return items.map(({ act, ...item }) => ({ ...item, act: () => { closeDrawer(); act(); } }));
}

/** The menu of a room. @param {import('../store/state.js').Room | undefined} room @param {Dispatch} dispatch @returns {Item[]} */
export function roomItems(room, dispatch) {
  const state = drawnState();
  return [
    ...room?.info && room.info.kind !== 'direct' ? [{ words: t('header.about'), icon: 'info', act: () => openAbout(room) }] : [],
    ...room && state && mayInvite(state, room) ? [{ words: t('header.invite'), icon: 'invite', act: () => openInvite(room, dispatch) }] : [],
    ...room && state && room.info?.kind ? [{ words: t('header.seats'), icon: 'people', act: () => openRoomPeople(state, room, dispatch) }] : [],
    ...room && state && keepsRoom(state, room) ? [{ words: t('header.settings'), icon: 'settings', act: () => openRoomSettings(state, room, dispatch) }] : [],
    ...room?.info?.kind ? [] : [{ words: t('header.copyLink'), icon: 'link', act: () => copyLink(room?.name ?? '', dispatch) }],
    ...room && state ? [{ words: t('search.open'), icon: 'search', act: () => openSearch(dispatch, room) }] : [],
    ...room && state ? [{ words: t('header.why'), icon: 'question', act: () => openWhy(state, dispatch, room) }] : [],
    ...room && state && keepsRoom(state, room) ? [
      { words: t('header.reports'), icon: 'flag', act: () => openReports(dispatch, room) },
      { words: t('header.filters'), icon: 'filter', act: () => openFilters(state, dispatch, room) },
      { words: t('header.audit'), icon: 'list', act: () => openAudit(state, dispatch, room) },
    ] : [],
    ...!room || mayLeave(room) ? [{ words: t('header.leave'), icon: 'leave', danger: true, act: () => dispatch('leave', { room: room?.id }) }] : [],
  ];
}

/** @param {string} name of the room @param {Dispatch} dispatch */
async function copyLink(name, dispatch) {
  const address = new URL(formatHash(name), document.baseURI).href;
  try {
    await navigator.clipboard.writeText(address);
    dispatch('notice', { key: 'header.copied' });
  } catch {
    // No permission, or no HTTPS: the address can still be copied by hand.
    dispatch('notice', { key: 'header.copyByHand', args: { address } });
  }
}
