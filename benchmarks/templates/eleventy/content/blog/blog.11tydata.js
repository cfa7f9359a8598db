export default {
  layout: "post.njk",
  permalink: (data) => `/blog/${data.page.fileSlug}/index.html`,
};
