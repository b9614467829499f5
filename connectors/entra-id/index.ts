export { entraId } from './entra-id.connector.js';
