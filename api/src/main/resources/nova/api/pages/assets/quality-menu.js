// The menu in which viewers choose a rendition, or leave the choice to the player.

import { byId } from './dom.js';

export class QualityMenu {
  #button = byId('quality-button');
  #menu = byId('quality-menu');
  #player;
  #shown = '';

  constructor(player) {
    this.#player = player;
    this.#button.addEventListener('click', () => this.#toggle(this.#menu.hidden));
    this.#menu.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('click', ({ target }) => {
      if (!this.#menu.contains(target) && !this.#button.contains(target)) this.#toggle(false);
    });
    player.addEventListener('renditions', () => this.refresh());
  }

  /** Shows what there is to choose; nothing while there is no choice. */
  refresh() {
    const { renditions, chosen, playedRendition } = this.#player;
    this.#button.hidden = renditions.length < 2;
    if (this.#button.hidden) {
      this.#toggle(false);
      return;
    }
    const auto = chosen === null;
    const played = playedRendition?.name ?? '';
    this.#button.lastElementChild.textContent = auto ? 'Auto' : played.replace(' (source)', '');
    const items = [
      { url: null, name: auto && played ? `Auto (${played.replace(' (source)', '')})` : 'Auto' },
      ...renditions,
    ];
    const text = JSON.stringify([chosen, items]);
    if (text === this.#shown) return;
    this.#shown = text;
    const focused = [...this.#menu.children].indexOf(document.activeElement);
    this.#menu.replaceChildren(...items.map((item) => this.#item(item, item.url === chosen)));
    this.#menu.children[focused]?.focus();
  }

  #item({ url, name }, checked) {
    const item = document.createElement('button');
    item.type = 'button';
    item.role = 'menuitemradio';
    item.ariaChecked = String(checked);
    item.textContent = name;
    item.addEventListener('click', () => {
      this.#player.choose(url);
      this.#toggle(false);
      this.#button.focus();
      this.refresh();
    });
    return item;
  }

  #toggle(open) {
    if (this.#menu.hidden === !open) return;
    if (open) this.refresh();
    this.#menu.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) (this.#menu.querySelector('[aria-checked="true"]') ?? this.#menu.firstChild).focus();
  }

  #key(event) {
    const items = [...this.#menu.children];
    const at = items.indexOf(document.activeElement);
    if (event.key === 'Escape') {
      this.#toggle(false);
      this.#button.focus();
    } else if (event.key === 'ArrowDown') {
      items[(at + 1) % items.length].focus();
    } else if (event.key === 'ArrowUp') {
      items[(at + items.length - 1) % items.length].focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
