// Eleventy's settings for the benchmark: what its own plugins do not do is a filter here.
import highlight from "@11ty/eleventy-plugin-syntaxhighlight";
import anchor from "markdown-it-anchor";

const PER_PAGE = 10;
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
const months = "January February March April May June July August September October November December".split(" ");

export default function (config) {
  config.addPlugin(highlight);
  config.amendLibrary("md", (md) => {
    md.set({ html: true, typographer: true });
    md.use(anchor, { slugify: slug });
  });
  config.addPassthroughCopy({ static: "/" });

  config.addCollection("posts", (api) =>
    api.getFilteredByGlob("content/blog/*.md").sort((a, b) => b.date - a.date));
  config.addCollection("tagNames", (api) => {
    const counts = new Map();
    for (const post of api.getFilteredByGlob("content/blog/*.md"))
      for (const tag of post.data.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return [...counts].sort().map(([name, count]) => ({ name, count }));
  });
  config.addCollection("tagSlices", (api) => {
    const byTag = new Map();
    for (const post of api.getFilteredByGlob("content/blog/*.md").sort((a, b) => b.date - a.date))
      for (const tag of post.data.tags) {
        if (!byTag.has(tag)) byTag.set(tag, []);
        byTag.get(tag).push(post);
      }
    const slices = [];
    for (const [tag, posts] of byTag) {
      const count = Math.ceil(posts.length / PER_PAGE);
      for (let number = 1; number <= count; number++)
        slices.push({ tag, number, count, posts: posts.slice((number - 1) * PER_PAGE, number * PER_PAGE) });
    }
    return slices;
  });

  config.addFilter("iso", (date) => date.toISOString());
  config.addFilter("day", (date) => `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`);
  config.addFilter("intro", (post) => post.data.description || post.rawInput.trim().split("\n\n", 1)[0]);
  config.addFilter("neighbour", (posts, page, step) => {
    if (!posts.positions) posts.positions = new Map(posts.map((post, i) => [post.inputPath, i]));
    return posts[posts.positions.get(page.inputPath) + step];
  });
  config.addFilter("toc", (html) => {
    const items = [...html.matchAll(/<h([23]) id="([^"]*)"[^>]*>(.*?)<\/h\1>/g)];
    let level = 2, out = "<ul>";
    for (const [, depth, id, text] of items) {
      for (; level < depth; level++) out += "<ul>";
      for (; level > depth; level--) out += "</ul>";
      out += `<li><a href="#${id}">${text}</a></li>`;
    }
    return `<nav class="toc">${out}${level === 3 ? "</ul>" : ""}</ul></nav>`;
  });
  return {
    dir: { input: "content", includes: "../_includes", output: "_site" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}
