// The folder of the model that the page begins with, which is also the default of the scripts.

import { shippedModels } from "../src/settings/shippedModels";

export const shippedFolder = `public/models/${shippedModels[0].id}`;
