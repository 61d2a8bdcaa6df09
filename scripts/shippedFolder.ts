// The folder of the model that the page begins with: what the scripts run where no other is named.

import { shippedModels } from "../src/settings/shippedModels";

export const shippedFolder = `public/models/${shippedModels[0].id}`;
