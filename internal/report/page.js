'use strict';
const {clips, duration} = JSON.parse(document.getElementById('times').textContent);
// The player shows either the draft reel, in which the clips follow each other,
// or the whole film once the reader has chosen its file. Places on the page are
// in film time; these two turn film time to player time and back.
const player = document.getElementById('player');
const said = document.getElementById('playing');
const now = document.getElementById('now');
const hair = document.getElementById('hair');
const lanes = document.getElementById('lanes');
const reelButton = document.getElementById('reel');
const reelSrc = player && player.getAttribute('src');
// The service confines this page so that it is nobody's, and gives its films to
// those who are signed in.
const served = location.protocol !== 'file:';
let film = ''; // the object URL of the chosen film

const whole = () => film !== '' && player.src === film;

function toPlayer(t) {
  if (whole()) return t;
  const clip = clips && clips.find(c => t >= c.Start - 0.05 && t < c.End);
  return clip ? clip.At + Math.max(0, t - clip.Start) : NaN;
}

function toFilm(t) {
  if (whole()) return t;
  const clip = clips && clips.find(c => t >= c.At && t < c.At + c.End - c.Start);
  return clip ? clip.Start + t - clip.At : NaN;
}

function show(t) {
  if (!player) return;
  const there = toPlayer(t);
  if (Number.isNaN(there)) {
    said.textContent = 'That instant is not in the draft reel: choose the film to see it.';
    return;
  }
  player.currentTime = there;
  player.play().catch(() => {}); // a browser may refuse to start by itself; the place is right all the same
}

function load(src, words) {
  player.src = src;
  said.textContent = words;
  reelButton.hidden = !film || !reelSrc || src !== film;
  player.playbackRate = Number(document.querySelector('#speed input:checked').value);
}

function label(t) {
  const s = Math.floor(t), two = n => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

document.addEventListener('click', event => {
  const target = event.target.closest('[data-at]');
  if (!target) return;
  if (event.detail > 0) target.blur(); // by mouse: the keys go back to the player; by keyboard the place is kept
  const card = target.dataset.moment && document.getElementById(target.dataset.moment);
  if (card) {
    document.querySelectorAll('.moment.current').forEach(m => m.classList.remove('current'));
    card.classList.add('current');
  }
  show(Number(target.dataset.at));
});

if (player) {
  document.getElementById('film').addEventListener('change', event => {
    const file = event.target.files[0];
    if (!file) return;
    if (film) URL.revokeObjectURL(film);
    film = URL.createObjectURL(file);
    load(film, 'Playing the film.');
  });
  reelButton.addEventListener('click', () => load(reelSrc, 'Playing the draft reel.'));
  player.addEventListener('error', () => {
    said.textContent = whole()
      ? 'This browser cannot play the film. The draft reel and the stills still work.'
      : served
        ? 'Opened from the service, this page cannot play the reel: the review of the film there plays it. Or choose the film, or save this page and reel.mp4 in one folder.'
        : 'The reel was not found beside this page. Keep reel.mp4 in the same folder.';
  });
  player.addEventListener('timeupdate', () => {
    const t = toFilm(player.currentTime);
    if (!Number.isNaN(t) && now) now.style.left = 100 * t / duration + '%';
  });
  document.getElementById('speed').addEventListener('change', event => { player.playbackRate = Number(event.target.value); });
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, video')) return;
    if (event.key === ' ' && event.target.closest('button')) return; // a button's own key
    if (event.key === ' ') { player.paused ? player.play() : player.pause(); }
    else if (event.key === 'ArrowLeft') { player.currentTime -= 1; }
    else if (event.key === 'ArrowRight') { player.currentTime += 1; }
    else if (/^[1-9]$/.test(event.key)) { const band = document.querySelectorAll('.moment .go')[event.key - 1]; if (band) band.click(); }
    else return;
    event.preventDefault();
  });
}

if (lanes) {
  const place = event => {
    const box = lanes.querySelector('.plot').getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return share >= 0 && share <= 1 ? share : NaN;
  };
  lanes.addEventListener('pointermove', event => {
    const share = place(event);
    hair.style.display = Number.isNaN(share) ? 'none' : 'block';
    hair.style.left = 100 * share + '%';
    hair.dataset.at = label(share * duration);
  });
  lanes.addEventListener('pointerleave', () => { hair.style.display = 'none'; });
  lanes.addEventListener('click', event => {
    const share = place(event);
    if (!Number.isNaN(share) && !event.target.closest('button')) show(share * duration);
  });
}
