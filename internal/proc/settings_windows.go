package proc

// Supported returns a *SettingError if this system lacks one of the settings.
func (s Settings) Supported() error {
	if s.User != nil {
		return &SettingError{"user"}
	}
	return s.only()
}
