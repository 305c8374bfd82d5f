// The package comes without types, and is not checked.
export declare const Provider: any;
