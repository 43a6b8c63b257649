// The repository's contract, on git and on the fake.
import { realSpawner } from "./real-spawner.ts";
import { fakeStage, gitStage } from "./repo-stages.ts";
import { describeRepo } from "./repo-suite.ts";

const processes = realSpawner();

describeRepo("fake repository", fakeStage);
describeRepo("git", () => gitStage(processes));
