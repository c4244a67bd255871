// The watch page: the stage, and around it the title line, sharing and the code for embedding.

import { base, byId, channel, copy, show, since, watching } from './dom.js';
import { serverNow } from './clock.js';
import { playerOptions } from './options.js';
import { Stage } from './stage.js';

const BADGES = {
  connecting: 'Connecting',
  offline: 'Offline',
  private: 'Not public',
  starting: 'Starting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
  unplayable: 'Cannot play',
};

const stage = new Stage(playerOptions(location.search));
const facts = byId('player').dataset;

function refresh() {
  const { state } = stage;
  const badge = byId('badge');
  badge.dataset.state = state;
  if (badge.textContent !== BADGES[state]) badge.textContent = BADGES[state];
  const title = stage.title ?? channel;
  if (byId('title').textContent !== title) nameIt(title);
  document.title = `${state === 'live' ? '● ' : ''}${title} · Nova`;
  const live = state === 'live' || state === 'reconnecting';
  show(byId('since'), live && stage.startedAt ? liveFor(stage.startedAt) : '');
  show(byId('viewers'), live ? watching(stage.viewers) : '');
  show(byId('latency'), facts.latency ? `${facts.latency} s behind live` : '');
  show(byId('quality'), facts.quality);
}

/** The title of the channel, which only the server's answer tells. */
function nameIt(title) {
  byId('title').textContent = title;
  if ('mediaSession' in navigator) {
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: 'Nova' });
  }
}

function liveFor(startedAt) {
  const time = since(startedAt, serverNow());
  return time === 'just now' ? 'just started' : `for ${time}`;
}

stage.addEventListener('change', refresh);
nameIt(channel);
refresh();

const watchUrl = new URL(`${base}/watch/${channel}`, location.href).href;
const embedUrl = new URL(`${base}/embed/${channel}`, location.href).href;
const toast = byId('toast');

byId('share').addEventListener('click', async () => {
  const phone = matchMedia('(pointer: coarse)').matches;
  if (phone && navigator.share) {
    await navigator.share({ title: `${stage.title ?? channel} · Nova`, url: watchUrl }).catch(() => {});
  } else {
    await copy(watchUrl, toast, 'Link copied.');
  }
});

byId('embed-code').value =
  `<iframe src="${embedUrl}" title="${channel}" width="640" height="360"` +
  ' allow="autoplay; fullscreen; picture-in-picture" style="border:0"></iframe>';
byId('embed').addEventListener('click', () => {
  const panel = byId('embed-panel');
  panel.hidden = !panel.hidden;
  byId('embed').setAttribute('aria-expanded', String(!panel.hidden));
  if (panel.hidden) return;
  byId('embed-code').select();
  panel.scrollIntoView({ block: 'nearest' });
});
byId('copy-embed').addEventListener('click', () =>
  copy(byId('embed-code').value, toast, 'Code copied.'),
);
