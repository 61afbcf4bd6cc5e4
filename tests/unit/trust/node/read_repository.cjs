// Reads a repository as npm's tuf-js does, and says what stands in it. Arguments: folder, root file, cache.
const fs = require("fs");
const path = require("path");
const { Updater, BaseFetcher } = require("tuf-js");
const { DownloadHTTPError } = require("tuf-js/dist/error");

class Folder extends BaseFetcher {
  constructor(folder) {
    super();
    this.folder = folder;
  }

  async fetch(url) {
    const file = path.join(this.folder, new URL(url).pathname);
    if (!fs.existsSync(file)) {
      throw new DownloadHTTPError("not there", 404);
    }
    return fs.createReadStream(file);
  }
}

async function main([folder, root, cache]) {
  fs.mkdirSync(path.join(cache, "targets"), { recursive: true });
  if (!fs.existsSync(path.join(cache, "root.json"))) fs.copyFileSync(root, path.join(cache, "root.json"));
  const updater = new Updater({
    metadataDir: cache,
    metadataBaseUrl: "http://repository.example/metadata",
    targetDir: path.join(cache, "targets"),
    targetBaseUrl: "http://repository.example/targets",
    fetcher: new Folder(folder),
  });
  await updater.refresh();
  const info = await updater.getTargetInfo("register/statuses.json");
  const file = await updater.downloadTarget(info);
  console.log(JSON.parse(fs.readFileSync(file)).statuses.version);
}

main(process.argv.slice(2)).catch((error) => {
  console.log(`refused: ${error.constructor.name}`);
});
