// Comforts: nothing here is needed to read. Runs in <head>, so that a remembered choice
// of colours is there before the first paint.
(() => {
  const root = document.documentElement
  const words = document.currentScript.dataset
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const store = (act) => { try { return act(localStorage) } catch { /* forbidden */ } }
  const chosen = store((kept) => kept.getItem('blasto-theme'))
  if (chosen) root.dataset.theme = chosen
  root.classList.add('js')

  // A choice that equals the system's is forgotten, so that the page follows it again.
  const themes = (button) => {
    const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches
    const show = () => button.setAttribute('aria-pressed', isDark())
    button.onclick = () => {
      const wanted = isDark() ? 'light' : 'dark'
      store((kept) => kept.removeItem('blasto-theme'))
      delete root.dataset.theme
      if (isDark() !== (wanted === 'dark')) {
        root.dataset.theme = wanted
        store((kept) => kept.setItem('blasto-theme', wanted))
      }
      show()
    }
    dark.addEventListener('change', show)
    show()
  }

  const copies = (code) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = words.copy
    button.onclick = () => {
      const plain = code.cloneNode(true)
      plain.querySelectorAll('.linenos, .gp').forEach((extra) => extra.remove())
      navigator.clipboard.writeText(plain.textContent.trimEnd()).then(() => {
        button.textContent = words.copied
        setTimeout(() => { button.textContent = words.copy }, 2000)
      }, () => { /* refused: the text is still there to select */ })
    }
    code.closest('.highlight').append(button)
  }

  // The last heading above the upper third of the window is where the reader is.
  const marks = (toc) => {
    const links = new Map()
    for (const link of toc.querySelectorAll('a')) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
      if (heading) links.set(heading, link)
    }
    const observer = new IntersectionObserver(() => {
      let here
      for (const [heading, link] of links) {
        link.removeAttribute('aria-current')
        if (!here || heading.getBoundingClientRect().top < innerHeight / 3) here = link
      }
      here?.setAttribute('aria-current', 'true')
    }, { rootMargin: '0px 0px -66%' })
    for (const heading of links.keys()) observer.observe(heading)
  }

  // What scrolls sideways must be within reach of the keyboard.
  const reach = () => all('pre, .prose table', (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute('tabindex')
  })

  addEventListener('DOMContentLoaded', () => {
    all('.toggle', themes)
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
})()
