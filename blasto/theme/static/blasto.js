// Comforts: nothing here is needed to read. In <head>, for a chosen theme to come first.
{
const root = document.documentElement
const words = document.currentScript.dataset
const all = (selector, act) => document.querySelectorAll(selector).forEach(act)
const dark = matchMedia('(prefers-color-scheme: dark)')
const store = (act, value) => { try { return localStorage[act]('blasto-theme', value) } catch {} }
const chosen = store('getItem')
if (chosen) root.dataset.theme = chosen
root.classList.add('js')

const themes = (button) => {
	const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches
	const show = () => button.setAttribute('aria-pressed', isDark())
	button.onclick = () => {
		const wanted = isDark() ? 'light' : 'dark'
		store('removeItem')
		delete root.dataset.theme
		if (isDark() !== (wanted === 'dark')) store('setItem', root.dataset.theme = wanted)
		show()
	}
	dark.addEventListener('change', show)
	show()
}

const copies = (code) => {
	const button = document.createElement('button')
	const say = (word) => { button.textContent = word }
	button.className = 'copy'
	button.onclick = async () => {
		const plain = code.cloneNode(true)
		plain.querySelectorAll('.linenos, .gp').forEach((extra) => extra.remove())
		await navigator.clipboard.writeText(plain.textContent.trimEnd())
		say(words.copied)
		setTimeout(say, 2000, words.copy)
	}
	say(words.copy)
	code.closest('.highlight').append(button)
}

// The last heading above the upper third of the window is where the reader is.
const marks = (toc) => {
	const links = [...toc.querySelectorAll('a')]
	const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))))
	const observer = new IntersectionObserver(() => {
		const above = headings.findLastIndex((one) => one?.getBoundingClientRect().top < innerHeight / 3)
		links.forEach((link, at) => { link.ariaCurrent = at === Math.max(above, 0) ? 'true' : null })
	}, { rootMargin: '0px 0px -66%' })
	headings.forEach((one) => one && observer.observe(one))
}

// The box of search is made when it is asked for, and its script is loaded then.
const finds = (link) => {
	const page = document.querySelector('.found')
	const load = (event) => {
		event?.preventDefault()
		import(link.dataset.script).then((box) => box.find(link, page), () => page || (location = link.href))
	}
	if (page) return load()
	link.onclick = (event) => event.metaKey || event.ctrlKey || event.shiftKey || load(event)
	addEventListener('keydown', (event) => {
		if (event.key === '/' && !event.ctrlKey && !event.target.closest('input,textarea,select,[contenteditable]')) load(event)
	})
}

// What scrolls sideways must be within reach of the keyboard.
const reach = () => all('pre, .prose table', (box) => {
	if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
	else box.removeAttribute('tabindex')
})

addEventListener('DOMContentLoaded', () => {
	window.mermaid?.initialize({ theme: (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches) ? 'dark' : 'default' })
	all('.toggle', themes)
	all('.finder', finds)
	if (navigator.clipboard) all('.highlight code', copies)
	all('.toc', marks)
	all('.task-list-item input', (box) => { box.ariaLabel ||= box.parentElement.textContent.trim() })
	all('.docs .tree [aria-current=page]', (link) => {
		const tree = link.closest('.tree')
		tree.scrollTop = link.offsetTop - tree.clientHeight / 2
	})
	reach()
	addEventListener('resize', reach)
})
}
