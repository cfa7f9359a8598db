// Put into pages by `blasto serve`, and only there: reloads them when the site changed.
(() => {
	const script = document.currentScript;
	const kept = "blasto:scroll";
	const broken = () => document.body.hasAttribute("data-blasto-error");
	let version = Number(script.dataset.version);
	let source = null;

	// An error page is short: where the reader was is kept until the page itself is back.
	function restore() {
		const [path, x, y] = JSON.parse(sessionStorage.getItem(kept) || "[]");
		if (path !== location.pathname || broken()) return;
		sessionStorage.removeItem(kept);
		history.scrollRestoration = "manual";
		scrollTo({left: x, top: y, behavior: "instant"});
		addEventListener("load", () => {
			scrollTo({left: x, top: y, behavior: "instant"});
			setTimeout(() => { history.scrollRestoration = "auto"; });
		}, {once: true});
	}

	function reload() {
		source.close();
		if (!broken()) sessionStorage.setItem(kept, JSON.stringify([location.pathname, scrollX, scrollY]));
		location.reload();
	}

	// The page as it is now says which style sheets it has; each is loaded before the old one goes.
	async function restyle(now) {
		const answer = await fetch(location.href, {cache: "no-store"});
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
		const sheets = (page) => [...page.querySelectorAll('link[rel~="stylesheet"]')];
		const [olds, news] = [sheets(document), sheets(fresh)];
		if (!answer.ok || olds.length !== news.length) return reload();
		olds.forEach((old, index) => {
			const next = document.importNode(news[index]);
			const url = new URL(next.getAttribute("href"), document.baseURI);
			if (url.origin !== location.origin) return;
			url.searchParams.set("blasto", now);
			next.href = url;
			next.onload = next.onerror = () => old.remove();
			old.after(next);
		});
	}

	function listen() {
		if (source && source.readyState !== EventSource.CLOSED) return;
		source = new EventSource(`/_blasto/events?since=${version}`);
		source.onmessage = (message) => {
			const {kind, version: now} = JSON.parse(message.data);
			version = now;
			if (kind === "style" && !broken()) restyle(now); else reload();
		};
	}

	// A browser has few connections to one server: tabs that nobody sees give theirs back.
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) source.close(); else listen();
	});
	addEventListener("pageshow", listen);
	addEventListener("pagehide", () => source.close());
	restore();
	listen();
})();
