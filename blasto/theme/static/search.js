// The box of search and what it finds. Loaded when it is asked for, and pagefind with it.
const make = (tag, given = {}, ...inner) => {
	const made = Object.assign(document.createElement(tag), given)
	made.append(...inner)
	return made
}

// The bundles of the page's language, or of the first one where it has none.
let finder
const start = (files) => finder ??= (async () => {
	const answer = await fetch(files, { cache: 'no-cache' })
	const { tag, bundles } = await answer.json()
	const root = new URL(files, location).href.replace(/[^/]*$/, '')
	const lang = document.documentElement.lang.toLowerCase()
	const has = (one, name) => one.languages.includes(name)
	const wanted = [lang, lang.split('-')[0], bundles[0]?.languages[0]]
		.find((name) => bundles.some((one) => has(one, name)))
	const [first, ...others] = bundles.filter((one) => has(one, wanted)).map((one) => root + one.path)
	if (!first) return null
	const { createInstance } = await import(first + 'pagefind.js')
	const made = createInstance({ basePath: first, baseUrl: '/', metaCacheTag: tag, excerptLength: 24 })
	await Promise.all(others.map((path) => made.mergeIndex(path, { baseUrl: '/', metaCacheTag: tag })))
	return made
})()

const entry = (base, found) => {
	const link = make('a', { href: base + found.url.replace(/^\//, '') }, make('strong', { textContent: found.title }))
	const text = make('span')
	text.innerHTML = found.excerpt // pagefind's own, escaped but for <mark>
	return make('li', {}, link, text)
}

const LIMIT = 20

// A box with what it finds below: arrows walk through it, Enter opens the first.
const box = (link, files) => {
	const { hint, none, count } = link.dataset
	const base = new URL(files, location).pathname.replace(/pagefind\/[^/]*$/, '')
	const list = make('ol')
	const status = make('p', { role: 'status' })
	const input = make('input', { type: 'search', name: 'q', placeholder: hint, ariaLabel: hint, autocomplete: 'off', spellcheck: false })
	const form = make('form', { role: 'search', action: link.href }, input)
	let asked = 0
	const find = async () => {
		const mine = ++asked
		const words = input.value.trim()
		const answer = words && await (await start(files))?.search(words)
		const found = await Promise.all((answer?.results ?? []).slice(0, LIMIT).map((one) => one.data()))
		if (mine !== asked) return
		list.replaceChildren(...found.flatMap((page) => {
			const title = page.meta.title || page.meta.url
			const parts = page.sub_results.filter((part) => part.url !== page.meta.url && part.title !== title).slice(0, 3)
			const inner = parts.map((part) => entry(base, part))
			const made = entry(base, { url: page.meta.url, title, excerpt: page.excerpt })
			if (inner.length) made.append(make('ul', {}, ...inner))
			return made
		}))
		status.textContent = !words ? '' : answer?.results.length ? count.replace('%d', answer.results.length) : none
	}
	let waiting
	input.oninput = () => { clearTimeout(waiting); waiting = setTimeout(find, 120) }
	form.onsubmit = async (event) => {
		event.preventDefault()
		clearTimeout(waiting)
		await find()
		list.querySelector('a')?.click()
	}
	const whole = make('div', { className: 'find' }, form, status, list)
	whole.onkeydown = (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
		if (!step) return
		event.preventDefault()
		const stops = [input, ...list.querySelectorAll('a')]
		stops[Math.min(Math.max(stops.indexOf(document.activeElement) + step, 0), stops.length - 1)].focus()
	}
	return { whole, input, find }
}

let dialog
const style = (link) => {
	const sheet = make('link', { rel: 'stylesheet', href: link.dataset.style })
	return new Promise((ready) => { sheet.onload = sheet.onerror = ready; document.head.append(sheet) })
}

// In the middle of any page.
const open = async (link, files) => {
	if (!dialog) {
		const { whole, input } = box(link, files)
		dialog = make('dialog', { className: 'finder-box', ariaLabel: link.textContent }, whole)
		dialog.onclick = (event) => { if (event.target === dialog) dialog.close() }
		dialog.opened = () => input.select()
		await style(link)
		document.body.append(dialog)
	}
	dialog.showModal()
	dialog.opened()
	start(files)
}

// On the page of search.
const show = async (link, files, place) => {
	const { whole, input, find } = box(link, files)
	const asked = new URLSearchParams(location.search).get('q')
	await style(link)
	place.replaceChildren(whole)
	input.focus()
	if (asked) {
		input.value = asked
		find()
	}
}

export const find = (link, place) => place ? show(link, link.dataset.files, place) : open(link, link.dataset.files)
