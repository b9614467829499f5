import { DefaultNamingStrategy, type NamingStrategyInterface } from 'typeorm';

/** Tables and columns in snake_case, from the names of classes and properties: `effectiveAt` is `effective_at`. */
export class SnakeCaseStrategy extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
